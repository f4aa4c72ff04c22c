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

const CONTEXT_2D = 0;

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

  /** Draws a canvas mutation; false if it can't be shown. */
  draw(canvas: HTMLCanvasElement, event: eventWithTime): Promise<boolean> {
    return this.inTurn(canvas, () => this.mutate(canvas, event));
  }

  /** Draws one after the other on a canvas, since each waits for its pictures. */
  private inTurn(canvas: Element, work: () => Promise<boolean>): Promise<boolean> {
    const turn = (this.turns.get(canvas) ?? Promise.resolve(true)).then(work);
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
      drawing.context.drawImage(await bitmap(recorded), 0, 0);
    } catch {
      return false;
    }
    return true;
  }

  private async mutate(canvas: HTMLCanvasElement, event: eventWithTime): Promise<boolean> {
    const data = event.data as { type: number; commands?: Command[] } & Command;
    if (data.type !== CONTEXT_2D) return false;
    const drawing = this.drawing(canvas);
    for (const command of data.commands ?? [data]) {
      const args = await Promise.all(command.args.map((arg) => unbox(arg, drawing.context)));
      const context = drawing.context as unknown as Context;
      try {
        if (command.setter) context[command.property] = args[0];
        else (context[command.property] as (...args: unknown[]) => void)(...args);
      } catch {
        // One bad command must not lose the others, as in rrweb's own player.
      }
    }
    this.placeholders.show(canvas, drawing.canvas.toDataURL()); // toBlob waits for idle time, up to a second
    return true;
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

async function unbox(arg: unknown, context: CanvasRenderingContext2D): Promise<unknown> {
  if (Array.isArray(arg)) return Promise.all(arg.map((a) => unbox(a, context)));
  if (arg === null || typeof arg !== 'object' || !('rr_type' in arg)) return arg;
  const boxed = arg as Boxed;
  const args = async () => Promise.all((boxed.args ?? []).map((a) => unbox(a, context)));
  switch (boxed.rr_type) {
    case 'ArrayBuffer':
      return bytes(boxed.base64 ?? '').buffer;
    case 'Blob':
      return new Blob(
        (await Promise.all((boxed.data ?? []).map((d) => unbox(d, context)))) as BlobPart[],
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
      return boxed.src ? bitmap(boxed.src) : null;
    default:
      return null;
  }
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

/** Decodes a data URL; other addresses are the business of a page, not ours. */
async function bitmap(url: string): Promise<ImageBitmap> {
  const [head, body] = url.split(',', 2);
  if (!head?.startsWith('data:') || body === undefined) throw new Error('not a data URL');
  const data = head.endsWith(';base64') ? bytes(body) : decodeURIComponent(body);
  const type = head.slice(5).split(';')[0];
  return createImageBitmap(new Blob([data], { type }));
}
