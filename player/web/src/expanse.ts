// The whole document, picture by picture: scrolled from top to bottom, with what
// does not scroll shown once.

import { meant, parentOf } from './label';
import type { Replay } from './replay';
import type { Deed } from './target';

/** The size of a document, and how far an act's target moved into it from the viewport. */
export interface Measure {
  width: number;
  height: number;
  view: number; // height of the viewport
  dx: number;
  dy: number;
}

interface Fixed {
  element: HTMLElement;
  home: number; // where the document is scrolled to when it shows
  opacity: string;
}

/** Part of the viewport's height that what is fixed to an edge takes at most. */
const EDGE = 0.6;

export class Expanse {
  private readonly replay: Replay;
  private readonly scroll: { x: number; y: number };
  private readonly styles = new Map<HTMLElement, string>();
  private fixed: Fixed[] = [];

  constructor(replay: Replay) {
    this.replay = replay;
    const { scrollX: x, scrollY: y } = this.view;
    this.scroll = { x, y };
  }

  private get view(): Window {
    return this.replay.document.defaultView as Window;
  }

  /** Takes the document's measure; most is the greatest height (CSS pixels). */
  open(deed: Deed | null, most: number): Measure {
    const root = scroller(this.replay.document);
    const view = root.clientHeight;
    const height = Math.min(Math.max(root.scrollHeight, view), Math.max(most, view));
    const target = deed ? this.target(deed) : null;
    const before = target?.getBoundingClientRect();
    for (const element of everything(this.replay.document)) this.settle(element, view, height);
    const home = this.fixed.find(({ element }) => target && within(target, element))?.home;
    if (home !== undefined) this.to(home);
    const now = target?.getBoundingClientRect();
    const { scrollX, scrollY } = this.view;
    return {
      width: root.clientWidth,
      height,
      view,
      dx: scrollX + (now?.left ?? 0) - (before?.left ?? 0),
      dy: scrollY + (now?.top ?? 0) - (before?.top ?? 0),
    };
  }

  /** Scrolls to y, or as far as the document goes, and says where that is. */
  show(y: number): number {
    this.to(y);
    const at = this.view.scrollY;
    for (const { element, home, opacity } of this.fixed) {
      set(element, 'opacity', this.at(home) === at ? opacity : '0');
    }
    return at;
  }

  /** Puts everything back. */
  close(): void {
    for (const [element, style] of this.styles) element.style.cssText = style;
    this.view.scrollTo({ left: this.scroll.x, top: this.scroll.y, behavior: 'instant' });
  }

  private target(deed: Deed): Element | null {
    const node = this.replay.node(deed.id);
    const hit = node?.nodeType === Node.ELEMENT_NODE ? (node as Element) : node?.parentElement;
    return hit ? meant(hit) : null;
  }

  private to(y: number): void {
    this.view.scrollTo({ left: this.scroll.x, top: y, behavior: 'instant' });
  }

  /** Where the document is when it is scrolled to y. */
  private at(y: number): number {
    const root = scroller(this.replay.document);
    return Math.min(y, root.scrollHeight - root.clientHeight);
  }

  /** Decides where an element that does not scroll shows. */
  private settle(element: HTMLElement, view: number, height: number): void {
    const { position, opacity } = (element.ownerDocument.defaultView as Window).getComputedStyle(
      element,
    );
    if (position === 'sticky') {
      this.styles.set(element, element.style.cssText);
      set(element, 'position', 'relative');
      set(element, 'inset', 'auto');
      return;
    }
    if (position !== 'fixed' || height <= view) return;
    this.styles.set(element, element.style.cssText);
    set(element, 'transition', 'none'); // to be hidden at once
    const box = element.getBoundingClientRect();
    const last = Math.floor((height - 1) / view) * view;
    let home = Math.min(Math.floor((this.scroll.y + view / 2) / view) * view, last);
    if (box.height < view * EDGE) home = box.top + box.height / 2 < view / 2 ? 0 : last;
    this.fixed.push({ element, home, opacity });
  }
}

/** The element that has the viewport's measures: not the root in quirks mode. */
export function scroller(doc: Document): Element {
  return doc.scrollingElement ?? doc.documentElement;
}

function set(element: HTMLElement, name: string, value: string): void {
  element.style.setProperty(name, value, 'important');
}

function within(element: Element, ancestor: Element): boolean {
  for (let at: Element | null = element; at; at = parentOf(at)) if (at === ancestor) return true;
  return false;
}

function* everything(root: Document | ShadowRoot): Generator<HTMLElement> {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (element.style) yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
