// Neutral pictures for what a recording does not hold.

const INK = '#868e96';
const GROUND = '#eceff2';
const EDGE = '#d5dade';

const GLYPHS = {
  image: 'M2 3h20v18H2zM2 17l6-6 5 5 3-3 6 6M16 8.5a1.6 1.6 0 1 0 .01 0',
  canvas: 'M3 20V4M3 20h18M7 16l4-5 3 3 6-8',
  video: 'M2 4h20v16H2zM10 8.5v7l6-3.5z',
  frame: 'M2 4h20v16H2zM2 8.5h20M5 6.2h.01M7.5 6.2h.01',
} as const;

export type Kind = keyof typeof GLYPHS;

/**
 * A picture of width x height CSS pixels with a small glyph and, where there is
 * room, the label, as a data URL.
 */
export function placeholder(kind: Kind, width: number, height: number, label: string): string {
  const glyph = Math.min(28, width / 2, height / 2);
  const labelled = width >= 120 && height >= 64;
  const top = height / 2 - glyph / 2 - (labelled ? 10 : 0);
  const text = labelled
    ? `<text x="50%" y="${height / 2 + 22}" text-anchor="middle" font-family="sans-serif" font-size="12" fill="${INK}">${label}</text>`
    : '';
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" fill="${GROUND}" stroke="${EDGE}"/>` +
    `<svg x="${(width - glyph) / 2}" y="${top}" width="${glyph}" height="${glyph}" viewBox="0 0 24 24">` +
    `<path d="${GLYPHS[kind]}" fill="none" stroke="${INK}" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/></svg>` +
    `${text}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Makes the element show the picture in place of its own content. */
export function show(element: Element, url: string): void {
  (element as HTMLElement).style.setProperty('content', `url("${url}")`, 'important');
}
