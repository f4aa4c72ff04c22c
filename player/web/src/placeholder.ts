// Neutral pictures for what a recording does not hold, and pictures of ours in
// the place of what a document without script or network can't show itself.

const INK = '#868e96';
const GROUND = '#eceff2';
const EDGE = '#d5dade';

const GLYPHS = {
  image: 'M2 3h20v18H2zM2 17l6-6 5 5 3-3 6 6M16 8.5a1.6 1.6 0 1 0 .01 0',
  canvas: 'M3 20V4M3 20h18M7 16l4-5 3 3 6-8',
  video: 'M2 4h20v16H2zM10 8.5v7l6-3.5z',
  frame: 'M2 4h20v16H2zM2 8.5h20M5 6.2h.01M7.5 6.2h.01',
} as const;

const LABELS = {
  image: 'image not recorded',
  canvas: 'canvas not recorded',
  video: 'video not recorded',
  frame: 'embedded page not recorded',
} as const;

export type Kind = keyof typeof GLYPHS;

/**
 * A picture of width x height CSS pixels with a small glyph and, where there is
 * room, a label, as a data URL.
 */
function placeholder(kind: Kind, width: number, height: number): string {
  const glyph = Math.min(28, width / 2, height / 2);
  const labelled = width >= 160 && height >= 64;
  const top = height / 2 - glyph / 2 - (labelled ? 10 : 0);
  const text = labelled
    ? `<text x="50%" y="${height / 2 + 22}" text-anchor="middle" font-family="sans-serif" font-size="12" fill="${INK}">${LABELS[kind]}</text>`
    : '';
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" fill="${GROUND}" stroke="${EDGE}"/>` +
    `<svg x="${(width - glyph) / 2}" y="${top}" width="${glyph}" height="${glyph}" viewBox="0 0 24 24">` +
    `<path d="${GLYPHS[kind]}" fill="none" stroke="${INK}" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/></svg>` +
    `${text}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Elements that show a picture of ours, and those that wait for one. */
export class Placeholders {
  private readonly shown = new WeakMap<Element, string>();
  private readonly empty = new Map<HTMLElement, Kind>();

  /** Makes the element show the picture in place of its own content. */
  show(element: Element, url: string): void {
    this.empty.delete(element as HTMLElement);
    this.shown.set(element, url);
    write(element, url);
  }

  /** Lets the element show its own content again. */
  clear(element: Element): void {
    this.empty.delete(element as HTMLElement);
    if (!this.shown.delete(element)) return;
    const property = element.localName === 'iframe' ? 'background' : 'content';
    (element as HTMLElement).style.removeProperty(property);
  }

  /** Puts back what the page's own change of the element's style took away. */
  restore(element: Element): void {
    const url = this.shown.get(element);
    if (url !== undefined) write(element, url);
  }

  /** The element shows a placeholder as soon as it has a size. */
  want(element: HTMLElement, kind: Kind): void {
    this.empty.set(element, kind);
  }

  /** Gives placeholders to what has got its size; resolves when they can be drawn. */
  async fill(): Promise<void> {
    const drawable: Promise<unknown>[] = [];
    for (const [element, kind] of this.empty) {
      if (!element.isConnected) this.empty.delete(element);
      const { offsetWidth, offsetHeight } = element;
      if (offsetWidth < 2 || offsetHeight < 2) continue;
      const picture = placeholder(kind, offsetWidth, offsetHeight);
      drawable.push(preload(element.ownerDocument, [picture]));
      this.empty.delete(element);
      if (kind === 'video') (element as HTMLVideoElement).poster = picture;
      else this.show(element, picture);
    }
    await Promise.allSettled(drawable);
  }
}

/** Frames show no content but a document's; their background shows under it. */
function write(element: Element, url: string): void {
  const { style } = element as HTMLElement;
  if (element.localName === 'iframe') {
    style.setProperty('background', `${GROUND} url("${url}") center / contain no-repeat`);
  } else {
    style.setProperty('content', `url("${url}")`, 'important');
  }
}

/** Loads the pictures into the document, so that showing one takes no time. */
export async function preload(doc: Document, urls: string[]): Promise<void> {
  const view = doc.defaultView as typeof globalThis & Window;
  await Promise.all(
    urls.map(async (url) => {
      const image = new view.Image();
      image.src = url;
      await image.decode();
      kept.add(image);
    }),
  );
}

/** Holds preloaded pictures, which a browser would forget otherwise. */
const kept = new Set<HTMLImageElement>();
