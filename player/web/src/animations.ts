// Holds every animation at the phase it has at a given time, so that the
// picture depends on the time alone and not on when or how often it is taken.

interface Held {
  elapsed: number; // ms on the animation's own clock at time `at`
  at: number;
  running: boolean;
}

/** A time far enough away that nothing is known to end before it. */
const FOREVER = Number.POSITIVE_INFINITY;

export class Animations {
  private held = new WeakMap<Animation, Held>();
  private begins = new Map<number, number>(); // by stream

  /**
   * What is set moving in a stream's page from now on begins at time at (ms), as its
   * recorder saw: a browser starts what moves some frames after its cause.
   */
  expect(stream: number, at: number): void {
    this.begins.set(stream, at);
  }

  /**
   * Seeks all animations of a stream's documents and shadow trees, each of which
   * knows only its own, to time now (ms). Those seen for the first time begin when
   * that is expected, else now. restyled says that styles may have
   * changed since the last call. Returns the time until which something moves.
   */
  seek(
    roots: Iterable<Document | ShadowRoot>,
    now: number,
    restyled: boolean,
    stream: number,
  ): number {
    let until = 0;
    const begins = Math.max(now, this.begins.get(stream) ?? now);
    for (const root of roots) {
      const view = (root.ownerDocument ?? (root as Document)).defaultView;
      if (!view) continue; // taken out of the page
      for (const animation of root.getAnimations()) {
        if (!(animation.timeline instanceof (view as typeof globalThis & Window).DocumentTimeline))
          continue;
        until = Math.max(until, this.seekOne(animation, now, restyled, begins));
      }
      until = Math.max(until, seekSvg(root, now));
    }
    return until;
  }

  private seekOne(animation: Animation, now: number, restyled: boolean, begins: number): number {
    let held = this.held.get(animation);
    if (!held) {
      const running = animation.playState !== 'paused';
      held = { elapsed: Number(animation.currentTime ?? 0), at: now, running };
      if (running) Object.assign(held, { elapsed: 0, at: begins });
      this.held.set(animation, held);
      animation.pause();
    } else if (now >= held.at) {
      if (held.running) held.elapsed += (now - held.at) * animation.playbackRate;
      held.at = now;
      if (restyled) held.running = plays(animation);
    }
    const end = Number(animation.effect?.getComputedTiming().endTime ?? 0);
    if (held.elapsed >= end) {
      // The end as a browser reaches it: the effect is over, or fills for good.
      animation.finish();
      return now;
    }
    animation.currentTime = held.elapsed;
    if (!held.running) return 0;
    return end === FOREVER
      ? FOREVER
      : held.at + (end - held.elapsed) / Math.abs(animation.playbackRate || 1);
  }
}

/** Whether the page's CSS lets the animation run; our own pause hides that. */
function plays(animation: Animation): boolean {
  const effect = animation.effect as KeyframeEffect | null;
  const name = (animation as CSSAnimation).animationName;
  if (!effect?.target || name === undefined) return true;
  const view = effect.target.ownerDocument.defaultView as Window;
  const style = view.getComputedStyle(effect.target, effect.pseudoElement);
  const states = style.animationPlayState.split(', ');
  const at = style.animationName.split(', ').indexOf(name);
  return states[Math.max(at, 0) % states.length] !== 'paused';
}

const svgBegan = new WeakMap<SVGSVGElement, number>();

/** SMIL animations keep the time of their outermost svg element. */
function seekSvg(root: Document | ShadowRoot, now: number): number {
  let until = 0;
  for (const moving of root.querySelectorAll('animate, animateTransform, animateMotion, set')) {
    const svg = (moving as SVGElement).ownerSVGElement;
    if (!svg) continue;
    const top = outermost(svg);
    const began = svgBegan.get(top);
    if (began === undefined) {
      svgBegan.set(top, now);
      top.pauseAnimations();
      top.setCurrentTime(0);
    } else {
      top.setCurrentTime((now - began) / 1000);
    }
    until = FOREVER;
  }
  return until;
}

function outermost(svg: SVGSVGElement): SVGSVGElement {
  let root = svg;
  while (root.ownerSVGElement) root = root.ownerSVGElement;
  return root;
}
