import { find } from './scrub';

/** Shortest and longest time between two looks at a canvas, in milliseconds. */
const PACE = 50;
const CALM = 400;
/** A canvas takes no more than this of the line, in bytes per millisecond. */
const RATE = 500;
/** Larger pictures, in bytes, are compressed with loss from then on. */
const LARGE = 300_000;

/** Canvases that somebody may type into, and marked ones. */
const HIDDEN = '[data-reelay-block],[contenteditable],[role=textbox]';

interface Watched {
  busy?: boolean;
  /** When the line and the machine are free for the next picture. */
  free: number;
  due: number;
  rest: number;
  quality: number;
  last?: string;
}

/** What was written on canvases before this script ran; see earlyTexts in pages.go. */
export interface Early {
  texts?: Map<HTMLCanvasElement, Set<string>>;
  wrote?: (canvas: HTMLCanvasElement, text: string) => void;
}

interface Item {
  id: number;
  tagName?: string;
  attributes: { [name: string]: string };
  childNodes?: Item[];
}

/**
 * Reports what canvases show, as pictures in the form of rrweb's canvas events.
 * rrweb's own ways cost every drawing command or a worker, which policies
 * forbid, and clear what WebGL shows.
 */
export class Canvases {
  private watched = new Map<number, Watched>();
  private readonly told = new WeakSet<object>();
  private timer?: ReturnType<typeof setTimeout>;

  /** early is there if canvases that show personal data are left out. */
  constructor(
    private readonly emit: (data: object, at: number) => void,
    private readonly nodeOf: (id: number) => Node | null,
    private readonly early?: Early,
  ) {
    if (early) this.listen(early);
  }

  /** Takes in an event: what its canvases show is added to it, and followed. */
  event(type: number, data: { node?: Item; adds?: { node: Item }[] }): void {
    if (type === 2) this.watched = new Map();
    if (data.node) this.follow(data.node);
    for (const { node } of data.adds ?? []) this.follow(node);
    // What changes the page may have changed a canvas with it.
    for (const each of this.watched.values()) {
      each.rest = PACE;
      each.due = each.free;
    }
    if (this.watched.size) this.timer ??= setTimeout(this.look, PACE);
  }

  private follow(item: Item): void {
    item.childNodes?.forEach((child) => {
      this.follow(child);
    });
    const canvas = item.tagName === 'canvas' && this.canvas(item.id);
    if (!canvas) return;
    try {
      item.attributes.rr_dataURL = canvas.toDataURL();
      this.watched.set(item.id, { free: 0, due: 0, rest: PACE, quality: 1 });
    } catch {
      // It holds foreign pixels, for good.
    }
  }

  /** The canvas of an id, if it may be shown. What frames write is not known. */
  private canvas(id: number): HTMLCanvasElement | undefined {
    const canvas = this.nodeOf(id) as HTMLCanvasElement | null;
    if (!canvas?.isConnected || this.told.has(canvas) || canvas.closest(HIDDEN)) return undefined;
    return this.early && canvas.ownerDocument !== document ? undefined : canvas;
  }

  private readonly look = () => {
    for (const [id, watched] of this.watched) {
      const canvas = this.canvas(id);
      if (!canvas) this.watched.delete(id);
      else if (!watched.busy && watched.due <= Date.now()) this.picture(id, canvas, watched);
    }
    this.timer = this.watched.size ? setTimeout(this.look, PACE) : undefined;
  };

  /**
   * Pictures a canvas. Sizes are observed after a frame's scripts, which is when
   * WebGL still has what they drew, and not at all while the page is hidden.
   */
  private picture(id: number, canvas: HTMLCanvasElement, watched: Watched): void {
    watched.busy = true;
    const frame = new ResizeObserver(() => {
      frame.disconnect();
      const at = Date.now();
      const { width, height } = canvas;
      const done = (blob: Blob | null) => {
        if (!blob) {
          this.watched.delete(id);
          return;
        }
        const reader = new FileReader();
        reader.onload = () => {
          const src = reader.result as string;
          const same = src === watched.last;
          watched.last = src;
          watched.busy = false;
          watched.rest = same ? Math.min(2 * watched.rest, CALM) : PACE;
          watched.free = at + Math.max(PACE, blob.size / RATE, 2 * (Date.now() - at));
          watched.due = Math.max(watched.free, at + watched.rest);
          if (blob.size > LARGE) watched.quality = 0.8;
          if (same || !this.canvas(id)) return;
          const draw = (property: string, ...args: unknown[]) => ({ property, args });
          const commands = [
            draw('clearRect', 0, 0, width, height),
            draw('drawImage', { rr_type: 'HTMLImageElement', src }, 0, 0),
          ];
          this.emit({ source: 9, id, type: 0, commands }, at);
        };
        reader.readAsDataURL(blob);
      };
      try {
        canvas.toBlob(done, 'image/webp', watched.quality);
      } catch {
        this.watched.delete(id);
      }
    });
    frame.observe(canvas);
  }

  /** A canvas that personal data is written on is not pictured from then on. */
  private listen(early: Early): void {
    const wrote = (canvas: HTMLCanvasElement, text: string) => {
      if (find(text).length) this.told.add(canvas);
    };
    if (early.texts) {
      early.wrote = wrote;
      for (const [canvas, texts] of early.texts) {
        for (const text of texts) wrote(canvas, text);
      }
      early.texts.clear();
      return;
    }
    const pen = CanvasRenderingContext2D.prototype;
    for (const name of ['fillText', 'strokeText'] as const) {
      const write = pen[name];
      pen[name] = function (text, ...rest) {
        wrote(this.canvas, String(text));
        return write.call(this, text, ...rest);
      };
    }
  }
}
