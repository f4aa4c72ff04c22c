import type { Emit } from './signals';

/** How many animations are waited for at once: those of one frame begin together. */
const MOST = 9;

/**
 * Reports when transitions and animations begin to move. That is a frame or more
 * after the change that causes them: when Chrome has drawn its first picture.
 */
export function watchMotion(emit: Emit): void {
  let waiting = 0;
  let last: unknown;
  const began = ({ target }: Event) => {
    if (!(target instanceof Element)) return;
    for (const animation of target.getAnimations()) {
      if (waiting >= MOST) return;
      waiting++;
      animation.ready
        .then(({ startTime }) => {
          if (typeof startTime !== 'number' || startTime === last) return;
          last = startTime;
          emit('reelay.motion', { ago: Math.round(performance.now() - startTime) });
        })
        .catch(() => undefined) // cancelled
        .then(() => waiting--);
    }
  };
  for (const type of ['transitionrun', 'animationstart']) addEventListener(type, began, true);
}

/** How long a page that draws goes without a frame, in milliseconds. */
const LONGEST_FRAME = 100;

/** How long ago the frame began that is shown now, in milliseconds. */
export function sinceFrame(): number {
  const now = performance.now();
  const since = now - Number(document.timeline.currentTime ?? now);
  return since < LONGEST_FRAME ? Math.round(since) : 0;
}
