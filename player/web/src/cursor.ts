// The shape of the pointer over an element.

export type Cursor = 'pointer' | 'text' | 'default';

/** What a person expects to click, where the page does not say otherwise. */
const CLICKABLE =
  'a[href], button:enabled, summary, select, label, [role="button"], input:is([type="submit"], [type="button"], [type="checkbox"], [type="radio"])';

/** The cursor that the pointer has over the element. */
export function cursor(element: Element): Cursor {
  const view = element.ownerDocument.defaultView as Window;
  const style = view.getComputedStyle(element).cursor;
  if (style === 'pointer') return 'pointer';
  if (/^(auto|default)$/.test(style) && element.closest(CLICKABLE)) return 'pointer';
  const types = /^(text|search|email|url|tel|password|number)$/;
  const typed = element.matches('textarea, [contenteditable=""], [contenteditable="true"]');
  if (style === 'text' || typed) return 'text';
  if (element.localName === 'input' && types.test((element as HTMLInputElement).type))
    return 'text';
  return 'default';
}
