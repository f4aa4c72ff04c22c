// Facts about what a person acted on, as only the rebuilt page knows them.

import { getRole } from 'dom-accessibility-api';
import { scroller } from './expanse';
import { HEADINGS, isSpoken, meant, nameOf, parentOf, wordsOf } from './label';
import type { Redaction } from './redact';
import type { Base, Replay } from './replay';
import { isSecret } from './secret';
import { framePath, selectors } from './selector';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is known of an act's target; boxes and points are in the page's viewport. */
export interface Target {
  found: boolean;
  title: string;
  name: string;
  role: string;
  type: string;
  fills: string; // what browsers fill in, as autocomplete says
  option: string;
  control: '' | 'text' | 'select' | 'checkbox' | 'radio' | 'file' | 'value';
  secret: boolean;
  selectors: string[][];
  frame: number[];
  box?: Box;
  point?: { x: number; y: number };
  cursor: string;
}

/** An act: on a node, at a place of its document's viewport, with a value to come. */
export interface Deed {
  id: number;
  at?: { x: number; y: number };
  value: string;
}

/** The target of an act. */
export function locate(replay: Replay, deed: Deed, redaction: Redaction): Target {
  const { id, at, value } = deed;
  const facts = nothing(replay);
  const base = replay.base(id);
  if (at) facts.point = { x: base.x + at.x * base.scale, y: base.y + at.y * base.scale };
  const node = replay.node(id);
  const hit = node?.nodeType === Node.ELEMENT_NODE ? (node as Element) : node?.parentElement;
  if (!hit?.isConnected) return facts;
  const target = meant(hit);
  describe(facts, target, replay, redaction);
  if (!facts.secret) facts.option = optionOf(target, value);
  const shown = [target, hit, ...labels(target)].map(visible).filter((box) => box !== null);
  const held = at && shown.find((box) => contains(box, at.x, at.y));
  facts.box = place(held ?? shown[0], base);
  return facts;
}

/** The section that came into view when node id was scrolled, by its heading. */
export function section(replay: Replay, id: number, redaction: Redaction): Target {
  const facts = nothing(replay);
  const node = replay.node(id);
  const scrolled = node?.nodeType === Node.ELEMENT_NODE ? (node as Element) : null;
  const doc = (node?.nodeType === Node.DOCUMENT_NODE ? node : node?.ownerDocument) as Document;
  if (!doc?.defaultView) return facts;
  const view = scrolled?.getBoundingClientRect() ?? viewport(doc);
  const around: ParentNode = scrolled && scrolled !== doc.documentElement ? scrolled : doc;
  const inView = (el: Element) => {
    const box = el.getBoundingClientRect();
    const within =
      box.top >= view.top &&
      box.left >= view.left &&
      box.right <= view.right &&
      box.bottom <= view.top + view.height * (scrolled ? 1 : 0.75);
    const shown = box.width > 0 && box.height > 0 && within;
    return shown && el.checkVisibility({ opacityProperty: true }) && uncovered(el);
  };
  const heading =
    [...around.querySelectorAll(HEADINGS)].find((el) => isSpoken(wordsOf(el)) && inView(el)) ??
    prominent(around, inView);
  if (scrolled) facts.selectors = paths(scrolled, redaction);
  if (heading) {
    const path = facts.selectors;
    describe(facts, heading, replay, redaction);
    if (facts.name) facts.name = wordsOf(heading);
    facts.box = place(visible(heading), replay.baseOf(heading.ownerDocument));
    if (scrolled) facts.selectors = path;
  }
  return facts;
}

/** Texts that are looked at where nothing is marked up as a heading. */
const MOST_TEXTS = 2000;

/** The text in the largest letters, if it stands out from the page's own. */
function prominent(around: ParentNode, inView: (el: Element) => boolean): Element | null {
  const root = around.nodeType === Node.DOCUMENT_NODE ? (around as Document).body : around;
  if (!root) return null;
  const doc = root.ownerDocument as Document;
  const sizeOf = (el: Element) =>
    parseFloat((doc.defaultView as Window).getComputedStyle(el).fontSize);
  const texts = doc.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let best: Element | null = null;
  let size = 1.25 * sizeOf(doc.body);
  for (let n = 0; n < MOST_TEXTS && texts.nextNode(); n++) {
    const element = texts.currentNode.parentElement;
    if (!element || !/\S/.test(texts.currentNode.nodeValue ?? '')) continue;
    if (sizeOf(element) > size && isSpoken(wordsOf(element)) && inView(element)) {
      best = element;
      size = sizeOf(element);
    }
  }
  return best;
}

/** The page as it is, without a target. */
export function nothing(replay: Replay): Target {
  return {
    found: false,
    title: replay.document.title,
    name: '',
    role: '',
    type: '',
    fills: '',
    option: '',
    control: '',
    secret: false,
    selectors: [],
    frame: [],
    cursor: 'default',
  };
}

function describe(facts: Target, target: Element, replay: Replay, redaction: Redaction): void {
  facts.found = true;
  facts.name = redaction.silences(target) ? '' : nameOf(target);
  facts.role = getRole(target) ?? target.localName;
  facts.control = controlOf(target);
  facts.type = target.localName === 'input' ? (target as HTMLInputElement).type : '';
  const fills = replay.recorded(target).autocomplete;
  facts.fills = typeof fills === 'string' ? (fills.trim().split(/\s+/).pop() ?? '') : '';
  facts.secret =
    (facts.control !== '' && isSecret(target, replay.recorded(target))) || redaction.covers(target);
  facts.selectors = paths(target, redaction);
  facts.frame = framePath(target, replay.document);
}

/** The element's selectors, without words that are blacked out. */
function paths(element: Element, redaction: Redaction): string[][] {
  if (redaction.covers(element)) return [];
  if (!redaction.silences(element)) return selectors(element, nameOf(element));
  return selectors(element, '').filter(([first]) => !first?.startsWith('text/'));
}

/** The words of the option of a list that has a value. */
function optionOf(element: Element, value: string): string {
  if (element.localName !== 'select') return '';
  const options = [...(element as HTMLSelectElement).options];
  return options.find((option) => option.value === value && !option.hidden)?.label ?? '';
}

function controlOf(target: Element): Target['control'] {
  if (target.localName === 'select') return 'select';
  if (target.localName === 'textarea' || (target as HTMLElement).isContentEditable) return 'text';
  if (target.localName !== 'input') return '';
  const { type } = target as HTMLInputElement;
  if (type === 'checkbox' || type === 'radio' || type === 'file') return type;
  if (/^(range|color|date|time|month|week|datetime-local)$/.test(type)) return 'value';
  return /^(button|submit|reset|image|hidden)$/.test(type) ? '' : 'text';
}

/** The element's box, if a person can see it. */
function visible(element: Element): DOMRect | null {
  let box = element.getBoundingClientRect();
  if (box.width < 1 && box.height < 1) {
    const range = element.ownerDocument.createRange(); // display: contents
    range.selectNodeContents(element);
    box = range.getBoundingClientRect();
  }
  const large = box.width >= 2 && box.height >= 2;
  return large && element.checkVisibility({ visibilityProperty: true }) ? box : null;
}

/** Controls that a page draws by itself are hidden; their labels are not. */
function labels(element: Element): Element[] {
  return [...((element as HTMLInputElement).labels ?? [])];
}

function contains(box: DOMRect, x: number, y: number): boolean {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** Whether nothing lies on the middle of the element. */
function uncovered(element: Element): boolean {
  const box = element.getBoundingClientRect();
  const root = element.getRootNode() as Document;
  const top = root.elementFromPoint(
    box.left + Math.min(box.width / 2, 20),
    box.top + box.height / 2,
  );
  for (let at: Element | null = top; at; at = parentOf(at)) if (at === element) return true;
  return top !== null && element.contains(top);
}

function viewport(doc: Document): DOMRect {
  const { clientWidth, clientHeight } = scroller(doc);
  return new DOMRect(0, 0, clientWidth, clientHeight);
}

function place(box: DOMRect | null | undefined, base: Base): Box | undefined {
  if (!box) return undefined;
  return {
    x: base.x + box.x * base.scale,
    y: base.y + box.y * base.scale,
    width: box.width * base.scale,
    height: box.height * base.scale,
  };
}
