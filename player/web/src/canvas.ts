// Canvases. A document without script shows a canvas's fall-back content, so
// each canvas is drawn on a stand-in of ours and shown as an image in its place.

import type { eventWithTime } from '@rrweb/types';
import type { Placeholders } from './placeholder';

interface Command {
  property: string;
  args: unknown[];
  setter?: boolean;
}

interface Drawing {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
}

/** The 2D context as a bag of methods and settings. */
type Context = Record<string, unknown>;

/** What rrweb records beside plain values (see its SerializedCanvasArg). */
interface Boxed {
  rr_type: string;
  args?: unknown[];
  base64?: string;
  src?: string;
  data?: unknown[];
  type?: string;
  index?: number;
}

/** rrweb's CanvasContexts that can't be drawn here; before 1.1 it named none, for 2D. */
const WEBGL = new Set<number | undefined>([1, 2]);

export class Canvases {
  private readonly drawings = new WeakMap<Element, Drawing>();
  private readonly turns = new WeakMap<Element, Promise<boolean>>();
  private readonly placeholders: Placeholders;

  constructor(placeholders: Placeholders) {
    this.placeholders = placeholders;
  }

  /** Shows what the snapshot holds of a canvas; false if that is nothing. */
  built(canvas: HTMLCanvasElement, recorded: unknown): Promise<boolean> {
    return this.inTurn(canvas, () => this.begin(canvas, recorded));
  }

  /** Draws a canvas mutation; false if not all of it can be shown. */
  draw(canvas: HTMLCanvasElement, event: eventWithTime): Promise<boolean> {
    return this.inTurn(canvas, () => this.mutate(canvas, event));
  }

  /** Draws one after the other on a canvas, since each waits for its pictures. */
  private inTurn(canvas: Element, work: () => Promise<boolean>): Promise<boolean> {
    const turn = (this.turns.get(canvas) ?? Promise.resolve(true)).then(work, work);
    this.turns.set(canvas, turn);
    return turn;
  }

  private async begin(canvas: HTMLCanvasElement, recorded: unknown): Promise<boolean> {
    if (typeof recorded !== 'string') {
      this.placeholders.want(canvas, 'canvas');
      return false;
    }
    this.placeholders.show(canvas, recorded);
    try {
      const drawing = this.drawing(canvas);
      drawing.context.drawImage(await picture(recorded, canvas.ownerDocument), 0, 0);
    } catch {
      return false;
    }
    return true;
  }

  private async mutate(canvas: HTMLCanvasElement, event: eventWithTime): Promise<boolean> {
    const data = event.data as { type?: number; commands?: Command[] } & Command;
    if (WEBGL.has(data.type)) return false;
    let all = true;
    const drawing = this.drawing(canvas);
    for (const command of data.commands ?? [data]) {
      const context = drawing.context as unknown as Context;
      try {
        const args = await Promise.all(command.args.map((arg) => unbox(arg, canvas.ownerDocument)));
        // How the first recorders wrote the picture.
        if (command.property === 'drawImage' && typeof args[0] === 'string')
          args[0] = await picture(args[0], canvas.ownerDocument);
        if (command.setter) context[command.property] = args[0];
        else (context[command.property] as (...args: unknown[]) => void)(...args);
      } catch {
        all = false; // but the others are drawn, as in rrweb's own player
      }
    }
    this.placeholders.show(canvas, drawing.canvas.toDataURL()); // toBlob waits for idle time, up to a second
    return all;
  }

  private drawing(canvas: HTMLCanvasElement): Drawing {
    let drawing = this.drawings.get(canvas);
    if (drawing?.canvas.width !== canvas.width || drawing.canvas.height !== canvas.height) {
      const own = document.createElement('canvas');
      own.width = canvas.width || 300;
      own.height = canvas.height || 150;
      drawing = { canvas: own, context: own.getContext('2d') as CanvasRenderingContext2D };
      this.drawings.set(canvas, drawing);
    }
    return drawing;
  }
}

async function unbox(arg: unknown, doc: Document): Promise<unknown> {
  if (Array.isArray(arg)) return Promise.all(arg.map((a) => unbox(a, doc)));
  if (arg === null || typeof arg !== 'object' || !('rr_type' in arg)) return arg;
  const boxed = arg as Boxed;
  const args = async () => Promise.all((boxed.args ?? []).map((a) => unbox(a, doc)));
  switch (boxed.rr_type) {
    case 'ArrayBuffer':
      return bytes(boxed.base64 ?? '').buffer;
    case 'Blob':
      return new Blob(
        (await Promise.all((boxed.data ?? []).map((d) => unbox(d, doc)))) as BlobPart[],
        {
          type: boxed.type,
        },
      );
    case 'ImageBitmap':
      return createImageBitmap((await args())[0] as ImageBitmapSource);
    case 'ImageData':
      return new ImageData(...((await args()) as ConstructorParameters<typeof ImageData>));
    case 'Uint8ClampedArray':
      return new Uint8ClampedArray(...((await args()) as [ArrayBuffer]));
    case 'Path2D':
      return new Path2D(...((await args()) as [string]));
    case 'HTMLImageElement':
      return boxed.src ? picture(boxed.src, doc) : null;
    default:
      return null;
  }
}

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

/** Loads a picture, as the page did, that a canvas may be read after. */
async function picture(url: string, doc: Document): Promise<HTMLImageElement> {
  const image = new (doc.defaultView as typeof globalThis & Window).Image();
  image.crossOrigin = 'anonymous';
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = reject;
    image.src = url;
  });
  return image;
}
