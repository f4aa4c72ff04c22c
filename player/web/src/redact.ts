// Blacks out what matches given selectors, in every document and shadow tree.

const INLINE = {
  background: '#000',
  filter: 'brightness(0)',
  overflow: 'clip',
  'box-shadow': 'none',
  'text-shadow': 'none',
};

export class Redaction {
  private readonly selector: string;

  constructor(selectors: string[]) {
    this.selector = selectors.join(', ');
  }

  apply(roots: Iterable<Document | ShadowRoot>): void {
    if (!this.selector) return;
    for (const root of roots) {
      for (const element of root.querySelectorAll(this.selector)) {
        for (const [name, value] of Object.entries(INLINE)) {
          (element as HTMLElement).style.setProperty(name, value, 'important');
        }
      }
    }
  }

  covers(element: Element): boolean {
    return this.selector !== '' && element.closest(this.selector) !== null;
  }
}
