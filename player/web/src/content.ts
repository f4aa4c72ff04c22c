// What elements show from elsewhere: images, videos, canvases, frames, style
// sheets. A document without script or network can't do it all by itself, and
// what the recording lacks gets a placeholder.

import type { eventWithTime, mediaInteractionData } from '@rrweb/types';
import { Canvases } from './canvas';
import type { Captured } from './captures';
import { followHoverOf } from './hover';
import { Images } from './images';
import { Media } from './media';
import { type Kind, Placeholders } from './placeholder';
import { Pending } from './ready';
import type { Replay } from './replay';

/** Something that can't be shown as it was. */
export interface Note {
  kind: Kind | 'style' | 'late' | 'event' | 'found'; // found: the frame of the url is there now
  t: number;
  url: string;
}

export class Content {
  private readonly pending = new Pending();
  private readonly placeholders = new Placeholders();
  private readonly canvases = new Canvases(this.placeholders);
  private readonly images = new Images(this.placeholders);
  private readonly media = new Media();
  private drawing: Promise<unknown>[] = [];

  /**
   * Waits at most deadline (ms) for each of what is on its way, and tells note of
   * what is not as it was.
   */
  constructor(
    private readonly deadline: number,
    private readonly note: (kind: Note['kind'], url: string) => void,
  ) {}

  /** Takes over an element that was built at time now (ms). */
  built(replay: Replay, element: Element, now: number): void {
    switch (element.localName) {
      case 'canvas':
        this.drawing.push(
          this.canvases
            .built(element as HTMLCanvasElement, replay.recorded(element).rr_dataURL)
            .then((ok) => ok || this.note('canvas', '')),
        );
        break;
      case 'video':
      case 'audio':
        this.play(replay, element as HTMLMediaElement, now);
        break;
      case 'iframe':
        if (foreign(replay, element))
          this.lack('frame', element as HTMLElement, foreign(replay, element));
        break;
      case 'img': {
        const image = element as HTMLImageElement;
        image.loading = 'eager';
        image.addEventListener('error', () => {
          this.lack('image', image, image.currentSrc || image.src);
        });
        this.load(image, now);
        break;
      }
      case 'link':
        if ((element as HTMLLinkElement).relList.contains('stylesheet'))
          followHoverOf(element as HTMLLinkElement);
        this.pending.watch(element);
        break;
    }
    this.attributed(replay, element, replay.captures.use(element, replay.recorded(element)), now);
  }

  /** Shows an asset that was captured beside the document. */
  captured(replay: Replay, data: Captured, now: number): void {
    for (const [element, given] of replay.captures.add(data))
      this.attributed(replay, element, given, now);
  }

  /** Tells which captured assets the page lacks. */
  lacking(replay: Replay): void {
    for (const { element, name, address } of replay.captures.lacks()) {
      if (element.localName === 'img' && name === 'src')
        this.lack('image', element as HTMLElement, address);
      else this.note(/^(style|link)$/.test(element.localName) ? 'style' : 'image', address);
    }
  }

  /** Follows a change of an element's attributes with what is ours on it. */
  attributed(
    replay: Replay,
    element: Element,
    changed: Record<string, unknown>,
    now: number,
  ): void {
    const given = replay.captures.use(element, changed);
    if (Object.keys(given).length > 0) this.attributed(replay, element, given, now);
    if ('style' in changed) this.placeholders.restore(element);
    if (!('src' in changed || 'srcset' in changed || 'href' in changed)) return;
    const owner = element.localName === 'source' ? element.parentElement : element;
    if (owner?.localName === 'video') this.play(replay, owner as HTMLVideoElement, now);
    const image = owner?.localName === 'picture' ? owner.querySelector('img') : owner;
    if (image?.localName === 'img') this.load(image as HTMLImageElement, now);
    else this.pending.watch(element);
  }

  /** A frame of another origin has got its document after all. */
  attached(replay: Replay, id: number): void {
    const frame = replay.node(id) as Element | null;
    const url = frame?.localName === 'iframe' ? foreign(replay, frame) : '';
    if (!frame || !url) return;
    this.placeholders.clear(frame);
    this.note('found', url);
  }

  /** Draws a recorded canvas event. */
  draw(canvas: HTMLCanvasElement, event: eventWithTime): void {
    const drawn = this.canvases.draw(canvas, event);
    this.drawing.push(drawn.then((ok) => ok || this.note('canvas', '')));
  }

  /** Plays, pauses or seeks as it was recorded. */
  interact(element: HTMLMediaElement, data: mediaInteractionData, now: number): void {
    this.media.apply(element, data, now);
  }

  /** Resolves when all that is on its way, urls among it, has arrived or won't. */
  async settle(documents: Document[], urls: string[]): Promise<void> {
    const drawn = Promise.allSettled(this.drawing.splice(0));
    await Promise.race([drawn, new Promise((resolve) => setTimeout(resolve, this.deadline))]);
    const late = await this.pending.settle(documents, urls, this.deadline);
    for (const url of late) this.note('late', url);
    await this.placeholders.fill();
  }

  /**
   * Brings what plays to time now (ms); returns the time until which it moves,
   * Infinity for ever.
   */
  async seek(now: number): Promise<number> {
    const until = this.images.seek(now);
    return (await this.media.seek(now, this.deadline)) ? Number.POSITIVE_INFINITY : until;
  }

  /** Says whether there are videos, and whether no frame was drawn with one yet. */
  videos(): { video?: boolean; joined?: boolean } {
    return this.media.videos() ? { video: true, joined: this.media.joined } : {};
  }

  /** A frame was drawn. */
  drawn(): void {
    this.media.joined = false;
  }

  /** Loads an image, and plays it if it is animated. */
  private load(image: HTMLImageElement, now: number): void {
    this.placeholders.clear(image);
    this.pending.watch(image);
    this.drawing.push(this.images.watch(image, now));
  }

  private play(replay: Replay, media: HTMLMediaElement, now: number): void {
    const missing = () => {
      const url = media.currentSrc || media.src;
      if (media.localName === 'video' && !(media as HTMLVideoElement).poster)
        this.lack('video', media, url);
      else this.note('video', url);
    };
    this.drawing.push(this.media.built(media, replay.recorded(media), now, missing));
  }

  /** What the element shows is not there: its box stays, with a neutral picture. */
  private lack(kind: Kind, element: HTMLElement, url: string): void {
    this.note(kind, url);
    this.placeholders.want(element, kind);
  }
}

/** The address of a frame of another origin; recorders write it in two ways. */
function foreign(replay: Replay, frame: Element): string {
  const { rr_src, src } = replay.recorded(frame);
  if (typeof rr_src === 'string') return rr_src;
  return typeof src === 'string' && /^https?:/.test(src) ? src : '';
}
