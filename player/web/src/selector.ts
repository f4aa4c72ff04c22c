// Selectors that find an element again, in the notation of the Chrome DevTools
// Recorder: short, and stable where the page gives something to hold on to.

import { getRole } from 'dom-accessibility-api';
import { accessibleName } from './label';

/** Attributes that people write to find elements by. */
const MARKS = ['data-testid', 'data-test', 'data-test-id', 'data-cy', 'data-qa', 'name'];

/** What builds make up: hashes, counters, names of frameworks. */
const MADE_UP =
  /\d{3,}|[a-z]\d+[a-z]|^(css|sc|jsx|svelte|ember|react|radix|mui|headlessui)-|^:|__\w*[A-Z0-9]/;

/** Classes of a moment, which may be gone when the element is looked for. */
const PASSING =
  /(^|[-_])(active|hover|focus(ed)?|pressed|open(ed)?|closed|selected|checked|current|shown?|visible|hidden|disabled|collapsed|expanded|loading|loaded|enter|leave|animated?|fade|in|out)$/i;

/** Elements that a name is compared with; pages with more get no aria/ selector. */
const MOST_NAMED = 400;
const LONGEST_NAME = 80;

/** The selectors of an element with a name, the best first; each is a path through shadow trees. */
export function selectors(element: Element, name: string): string[][] {
  const found: string[][] = [];
  const aria = byName(element, name);
  if (aria) found.push([aria]);
  const path = byPath(element);
  found.push(path);
  const last = path[path.length - 1] as string;
  if (path.length > 1 && everywhere(element.ownerDocument, last) === 1)
    found.push([`pierce/${last}`]);
  const text = byText(element);
  if (text) found.push([text]);
  return found;
}

/** The indexes of the child frames that lead to the element's document. */
export function framePath(element: Element, top: Document): number[] {
  const path: number[] = [];
  for (let doc = element.ownerDocument; doc !== top; ) {
    const frame: Element | null | undefined = doc.defaultView?.frameElement;
    if (!frame) break;
    doc = frame.ownerDocument;
    path.unshift([...doc.querySelectorAll('iframe, frame')].indexOf(frame));
  }
  return path;
}

function roots(root: Document | ShadowRoot, all: (Document | ShadowRoot)[] = []) {
  all.push(root);
  for (const host of root.querySelectorAll('*')) if (host.shadowRoot) roots(host.shadowRoot, all);
  return all;
}

/** How many elements of the document and its shadow trees match. */
function everywhere(doc: Document, css: string): number {
  return roots(doc).reduce((n, root) => n + root.querySelectorAll(css).length, 0);
}

function byName(element: Element, name: string): string | null {
  const role = getRole(element);
  if (!role || !name || name.length > LONGEST_NAME || /[[\]"*•…]/.test(name)) return null;
  if (accessibleName(element) !== name) return null;
  const like = roots(element.ownerDocument)
    .flatMap((root) => [...root.querySelectorAll(`${CSS.escape(element.localName)}, [role]`)])
    .filter((other) => getRole(other) === role);
  if (like.length > MOST_NAMED) return null;
  const same = like.filter((other) => accessibleName(other) === name);
  return same.length === 1 ? `aria/${name}[role="${role}"]` : null;
}

const spaced = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The element's own words, if it alone has them. */
function byText(element: Element): string | null {
  const words = spaced((element as HTMLElement).innerText ?? '');
  if (!words || words.length > LONGEST_NAME || /[*•]/.test(words)) return null;
  const has = (el: Element) => spaced(el.textContent ?? '').includes(words);
  const all = roots(element.ownerDocument).flatMap((root) => [...root.querySelectorAll('*')]);
  const inner = all.filter((el) => has(el) && ![...el.children].some(has));
  const only =
    inner.length === 1 && (inner[0] === element || element.contains(inner[0] as Element));
  return only ? `text/${words}` : null;
}

function byPath(element: Element): string[] {
  const path: string[] = [];
  for (let at: Element | null = element; at; ) {
    const root: Node = at.getRootNode();
    path.unshift(within(root as Document | ShadowRoot, at));
    at = 'host' in root ? (root as ShadowRoot).host : null;
  }
  return path;
}

/** A selector that matches the element alone in its document or shadow tree. */
function within(root: Document | ShadowRoot, element: Element): string {
  const only = (css: string) => root.querySelectorAll(css).length === 1;
  let tail = '';
  for (let at: Element | null = element; at; at = at.parentElement) {
    for (const own of simple(at)) {
      const css = tail ? `${own} ${tail}` : own;
      if (only(css)) return css;
    }
    const step = nth(at);
    tail = tail ? `${step} > ${tail}` : step;
    if (only(tail)) return tail;
  }
  return tail;
}

/** What may tell the element from others, the most telling first. */
function simple(element: Element): string[] {
  const tag = CSS.escape(element.localName);
  const list: string[] = [];
  if (element.id && !MADE_UP.test(element.id)) list.push(`#${CSS.escape(element.id)}`);
  for (const mark of MARKS) {
    const value = element.getAttribute(mark);
    if (!value || value.length > LONGEST_NAME) continue;
    const own = mark === 'name' ? tag : '';
    list.push(`${own}[${mark}="${CSS.escape(value)}"]`);
    const choice = element.getAttribute('value');
    if (mark === 'name' && choice && /^(radio|checkbox)$/.test((element as HTMLInputElement).type))
      list.push(`${own}[${mark}="${CSS.escape(value)}"][value="${CSS.escape(choice)}"]`);
  }
  const classes = [...element.classList].filter(
    (c) => c !== ':hover' && !MADE_UP.test(c) && !PASSING.test(c),
  );
  for (const name of classes.slice(0, 4)) list.push(`.${CSS.escape(name)}`);
  if (/^(main|header|footer|nav|aside|form|dialog|h1)$/.test(tag) || tag.includes('-'))
    list.push(tag);
  const type = element.getAttribute('type');
  if (type && type.length < 20) list.push(`${tag}[type="${CSS.escape(type)}"]`);
  return list;
}

function nth(element: Element): string {
  const tag = CSS.escape(element.localName);
  const like = [...(element.parentNode?.children ?? [])].filter(
    (other) => other.localName === element.localName,
  );
  return like.length > 1 ? `${tag}:nth-of-type(${like.indexOf(element) + 1})` : tag;
}
