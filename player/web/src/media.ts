// Video and audio elements follow no clock of ours: each is paused and sought to
// where the recording had it.

import type { mediaAttributes, mediaInteractionData } from '@rrweb/types';

/** rrweb's MediaInteractions. */
const PLAY = 0;
const PAUSE = 1;
const SEEKED = 2;

/** Half a frame at 60 fps: closer than that shows the same picture. */
const CLOSE_ENOUGH = 1 / 120;

interface Track {
  seconds: number; // media time at page time `at`
  at: number; // ms
  playing: boolean;
  rate: number;
  loop: boolean;
}

export class Media {
  private tracks = new Map<HTMLMediaElement, Track>();
  /** A video has come since the last frame was drawn. */
  joined = false;

  /**
   * Takes the element over, as it was at time now (ms). Resolves when it has a
   * picture, or will have none.
   */
  async built(
    element: HTMLMediaElement,
    recorded: unknown,
    now: number,
    missing: () => void,
  ): Promise<void> {
    const attributes = recorded as mediaAttributes;
    element.autoplay = false;
    element.muted = true;
    element.pause();
    this.tracks.set(element, {
      seconds: Number(attributes.rr_mediaCurrentTime ?? 0),
      at: now,
      playing: attributes.rr_mediaState === 'played',
      rate: Number(attributes.rr_mediaPlaybackRate ?? 1),
      loop: element.loop || attributes.rr_mediaLoop === true,
    });
    if (element.nodeName !== 'VIDEO') return;
    this.joined = true;
    const video = element as HTMLVideoElement;
    const source = video.getAttribute('src') ?? video.querySelector('source');
    if (source && (await playable(video))) return;
    missing();
  }

  apply(element: HTMLMediaElement, data: mediaInteractionData, now: number): void {
    const track = this.tracks.get(element);
    if (!track) return;
    track.seconds = data.currentTime ?? position(track, now, element.duration);
    track.at = now;
    if (data.type === PLAY) track.playing = true;
    if (data.type === PAUSE) track.playing = false;
    if (data.type === SEEKED && data.playbackRate) track.rate = data.playbackRate;
    if (data.playbackRate) track.rate = data.playbackRate;
    if (data.loop !== undefined) track.loop = data.loop;
  }

  /** Says whether there are videos, which the compositor shows by themselves. */
  videos(): boolean {
    for (const element of this.tracks.keys()) if (element.nodeName === 'VIDEO') return true;
    return false;
  }

  /** Seeks all to time now (ms); says whether one of them plays. */
  async seek(now: number, deadline: number): Promise<boolean> {
    let playing = false;
    const seeks: Promise<void>[] = [];
    for (const [element, track] of this.tracks) {
      if (!element.isConnected) {
        this.tracks.delete(element);
        continue;
      }
      if (element.nodeName !== 'VIDEO' || element.readyState < HTMLMediaElement.HAVE_METADATA)
        continue;
      playing ||= track.playing;
      const seconds = position(track, now, element.duration);
      if (Math.abs(element.currentTime - seconds) < CLOSE_ENOUGH) continue;
      seeks.push(sought(element, seconds, deadline));
    }
    await Promise.all(seeks);
    return playing;
  }
}

/** Resolves to whether the video gets a picture to show. */
function playable(video: HTMLVideoElement): Promise<boolean> {
  video.preload = 'auto';
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve(true);
  return new Promise((resolve) => {
    video.addEventListener('loadeddata', () => resolve(true), { once: true });
    // Errors of source elements do not bubble; the last one leaves no source.
    const failed = () => {
      if (video.error || video.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) resolve(false);
    };
    video.addEventListener('error', () => setTimeout(failed), { capture: true });
  });
}

function position(track: Track, now: number, duration: number): number {
  const seconds = track.seconds + (track.playing ? ((now - track.at) / 1000) * track.rate : 0);
  if (!Number.isFinite(duration)) return Math.max(0, seconds);
  return track.loop && duration > 0 ? seconds % duration : Math.min(Math.max(0, seconds), duration);
}

function sought(element: HTMLMediaElement, seconds: number, deadline: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline);
    element.addEventListener(
      'seeked',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
    element.currentTime = seconds;
  });
}
