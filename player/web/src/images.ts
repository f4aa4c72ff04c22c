// Animated images. Chrome's own animation is switched off, since it keeps no
// time of ours: their frames are decoded here and shown by time.

import { type Placeholders, preload } from './placeholder';

/** Types that can be animated. */
const ANIMATED = /^image\/(gif|webp|apng|png|avif)/;

/** Addresses of pictures that never are. */
const STILL = /^data:image\/(jpeg|svg)|\.(jpe?g|svg)([?#]|$)/i;

/** Larger ones stay at their first frame. */
const MOST_FRAMES = 300;
const MOST_PIXELS = 64 << 20; // over all frames

interface Frames {
  urls: string[];
  ends: number[]; // ms from the beginning, by frame
  loops: number; // repetitions after the first pass
}

interface Moving {
  frames: Frames;
  began: number; // ms
  shown: number; // index of the frame
}

export class Images {
  private readonly moving = new Map<HTMLImageElement, Moving>();
  private readonly decoded = new Map<string, Promise<Frames | null>>();
  private readonly placeholders: Placeholders;

  constructor(placeholders: Placeholders) {
    this.placeholders = placeholders;
  }

  /** Takes an image over if it is animated; it begins at time now (ms). */
  async watch(image: HTMLImageElement, now: number): Promise<void> {
    this.moving.delete(image);
    await loaded(image);
    const url = image.currentSrc || image.src;
    if (image.naturalWidth === 0 || STILL.test(url)) return;
    let frames = this.decoded.get(url);
    if (!frames) {
      frames = decode(url).catch(() => null);
      this.decoded.set(url, frames);
    }
    const decoded = await frames;
    if (!decoded) return;
    await preload(image.ownerDocument, decoded.urls);
    this.moving.set(image, { frames: decoded, began: now, shown: -1 });
  }

  /** Shows the frames of time now (ms); returns until when one moves. */
  seek(now: number): number {
    let until = 0;
    for (const [image, moving] of this.moving) {
      if (!image.isConnected) {
        this.moving.delete(image);
        continue;
      }
      const { urls, ends, loops } = moving.frames;
      const length = ends[ends.length - 1] ?? 0;
      const last = moving.began + length * (loops + 1);
      const elapsed = now >= last ? length - 1 : (now - moving.began) % length;
      const frame = ends.findIndex((end) => elapsed < end);
      if (frame !== moving.shown) {
        moving.shown = frame;
        this.placeholders.show(image, urls[frame] as string);
      }
      until = Math.max(until, last);
    }
    return until;
  }
}

async function decode(url: string): Promise<Frames | null> {
  const response = await fetch(url);
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !ANIMATED.test(type)) return null;
  const data = await response.arrayBuffer();
  if (type.startsWith('image/png') && !isAnimatedPng(data)) return null;
  const decoder = new ImageDecoder({ data, type });
  try {
    await decoder.tracks.ready;
    const track = decoder.tracks.selectedTrack;
    if (!track?.animated || track.frameCount > MOST_FRAMES) return null;
    const frames: Frames = { urls: [], ends: [], loops: track.repetitionCount };
    let end = 0;
    for (let frameIndex = 0; frameIndex < track.frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      if (image.displayWidth * image.displayHeight * track.frameCount > MOST_PIXELS) return null;
      // Browsers show frames that claim less than 11 ms for 100 ms.
      const duration = (image.duration ?? 0) / 1000;
      end += duration < 11 ? 100 : duration;
      frames.ends.push(end);
      frames.urls.push(still(image));
      image.close();
    }
    return frames;
  } finally {
    decoder.close();
  }
}

/** An animated PNG says so with an acTL chunk before its pixels. */
function isAnimatedPng(data: ArrayBuffer): boolean {
  const head = new Uint8Array(data, 0, Math.min(data.byteLength, 4096));
  return String.fromCharCode(...head).includes('acTL');
}

function loaded(image: HTMLImageElement): Promise<void> {
  if (image.complete) return Promise.resolve();
  return new Promise((resolve) => {
    image.addEventListener('load', () => resolve(), { once: true });
    image.addEventListener('error', () => resolve(), { once: true });
  });
}

/** A frame as the address of a picture. */
function still(frame: VideoFrame): string {
  const canvas = document.createElement('canvas');
  canvas.width = frame.displayWidth;
  canvas.height = frame.displayHeight;
  canvas.getContext('2d')?.drawImage(frame, 0, 0);
  return canvas.toDataURL(); // toBlob waits for idle time, up to a second
}
