// What a person would call an element.

import { computeAccessibleName } from 'dom-accessibility-api';

const TARGETS =
  'a[href], button, input, select, textarea, summary, label, option, area[href], [role="button"], [role="link"], [role="checkbox"], [role="radio"], [role="switch"], [role="tab"], [role="menuitem"], [role="menuitemcheckbox"], [role="menuitemradio"], [role="option"], [role="combobox"], [role="textbox"], [role="searchbox"], [role="slider"], [role="spinbutton"], [role="treeitem"], [contenteditable=""], [contenteditable="true"]';
const FALLBACKS = '[onclick], [tabindex]:not([tabindex="-1"])';
/** What stands above, or says in a line, what follows. */
export const HEADINGS = 'h1, h2, h3, h4, h5, h6, [role="heading"], legend, caption, figcaption';
const LONGEST = 200;
const LINE = 80;

/** The element that contains this one, also out of a shadow tree. */
export function parentOf(element: Element): Element | null {
  const root = element.getRootNode();
  return element.parentElement ?? (isShadow(root) ? root.host : null);
}

/** The same, also around a frame; null around the page, whose own frame is ours. */
export function around(element: Element): Element | null {
  const frame = element.ownerDocument.defaultView?.frameElement;
  return parentOf(element) ?? (frame && frame.ownerDocument !== document ? frame : null);
}

/** Nodes of frames are of other realms, so instanceof does not tell. */
export function isShadow(root: Node): root is ShadowRoot {
  return root.nodeType === Node.DOCUMENT_FRAGMENT_NODE && 'host' in root;
}

function closest(element: Element, selector: string): Element | null {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    const found: Element | null = at.closest(selector);
    if (found) return found;
    const root = at.getRootNode();
    if (!isShadow(root)) return null;
    at = root.host;
    if (at.matches(selector)) return at;
  }
  return null;
}

/**
 * What a person meant who pointed at the element: the button, link or field
 * that it is a part of; of a label its field; else what looks clickable.
 */
export function meant(element: Element): Element {
  const target = closest(element, TARGETS);
  if (target?.localName === 'label') return (target as HTMLLabelElement).control ?? target;
  return target ?? closest(element, FALLBACKS) ?? clickable(element);
}

/** The outermost element that has the pointing hand of this one. */
function clickable(element: Element): Element {
  if (!hasHand(element)) return element;
  let target = element;
  for (let up = parentOf(target); up && hasHand(up); up = parentOf(target)) target = up;
  return target === element.ownerDocument.body ? element : target;
}

function hasHand(element: Element): boolean {
  return element.ownerDocument.defaultView?.getComputedStyle(element).cursor === 'pointer';
}

/** The name of what the element belongs to: a button, a link, a field. */
export function label(element: Element): string {
  return nameOf(meant(element));
}

/** The name that the browser tells assistive technology, of CSS content as well. */
export function accessibleName(element: Element): string {
  return spaced(computeAccessibleName(element, { computedStyleSupportsPseudoElements: true }));
}

const spaced = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The element's accessible name, else what is written in or behind it. */
export function nameOf(target: Element): string {
  if (/^(html|body)$/.test(target.localName)) return ''; // the page is named elsewhere
  const html = target as HTMLInputElement;
  const candidates: (() => string | null | undefined)[] = [
    () => accessibleName(target),
    () => (isField(target) ? html.placeholder : shortText(target)),
    () => target.getAttribute('alt') ?? target.querySelector('[alt]')?.getAttribute('alt'),
    () => target.getAttribute('title') ?? target.querySelector('title, [title]')?.textContent,
    () => target.getAttribute('name'),
  ];
  for (const candidate of candidates) {
    const text = spaced(candidate() ?? '');
    if (text) return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }
  return '';
}

/** Whether a text is more than a number or a sign. */
export function isSpoken(text: string): boolean {
  return /\p{L}{2}/u.test(text);
}

/** What is written in an element. */
export function wordsOf(element: Element): string {
  return spaced((element as HTMLElement).innerText ?? '');
}

/**
 * The words in an element, if they are one line: of more a person would not
 * make a name. What can be clicked as a whole goes by its heading or first line.
 */
function shortText(element: Element): string {
  const lines = ((element as HTMLElement).innerText ?? '').split('\n').map(spaced).filter(Boolean);
  const whole = lines.length <= 1 || element.matches(FALLBACKS) || hasHand(element);
  if (!whole) return '';
  const heading = lines.length > 1 && element.querySelector(HEADINGS);
  const text = (heading && wordsOf(heading)) || lines.find(isSpoken) || lines[0] || '';
  return text.length <= LINE ? text : '';
}

function isField(target: Element): boolean {
  return /^(input|select|textarea)$/.test(target.localName);
}
