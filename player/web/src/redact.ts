// Blacks out what matches given selectors, in every document and shadow tree.

import { around } from './label';

const INLINE = {
  transition: 'none', // would begin with what is to be hidden
  background: '#000',
  filter: 'brightness(0)',
  overflow: 'clip',
  'box-shadow': 'none',
  'text-shadow': 'none',
};

/** The first selector that can't be read, or only by taking in what follows it: `:not(a`. */
export function unreadable(selectors: string[]): string | undefined {
  return selectors.find((selector) => {
    try {
      document.querySelector(selector);
      new CSSStyleSheet().insertRule(`${selector} {}`);
      return false;
    } catch {
      return true;
    }
  });
}

export class Redaction {
  private readonly selector: string;
  private readonly covered: string;

  constructor(selectors: string[]) {
    this.selector = selectors.join(', ');
    // What lies on top of the page takes no part in the filter around it.
    this.covered = `:is(${this.selector}) :is(dialog, [popover])`;
  }

  apply(roots: Iterable<Document | ShadowRoot>): void {
    if (!this.selector) return;
    for (const root of roots) {
      for (const element of root.querySelectorAll(`${this.selector}, ${this.covered}`)) {
        const { style } = element as HTMLElement;
        for (const [name, value] of Object.entries(INLINE)) {
          style.setProperty(name, value, 'important');
        }
        const view = element.ownerDocument.defaultView as Window;
        if (view.getComputedStyle(element).display === 'contents')
          style.setProperty('display', 'block', 'important'); // a filter needs a box
      }
    }
  }

  /** Whether the element lies in what is blacked out, as it is drawn: in slots, around frames. */
  covers(element: Element): boolean {
    if (!this.selector) return false;
    for (let at: Element | null = element; at; at = at.assignedSlot ?? around(at))
      if (at.matches(this.selector)) return true;
    return false;
  }

  /** Whether the element's name could tell what is blacked out, in it or in a label of it. */
  silences(element: Element): boolean {
    if (!this.selector) return false;
    const ids = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean);
    const root = element.getRootNode() as Document | ShadowRoot;
    const labels = (element as HTMLInputElement).labels ?? [];
    const sources = [element, ...labels, ...ids.map((id) => root.getElementById(id))];
    return sources.some((source) => source && (this.covers(source) || this.within(source)));
  }

  private within(root: Element | ShadowRoot): boolean {
    const hosts = [root, ...root.querySelectorAll('*')] as Element[];
    return (
      root.querySelector(this.selector) !== null ||
      hosts.some(({ shadowRoot }) => shadowRoot && this.within(shadowRoot))
    );
  }
}
