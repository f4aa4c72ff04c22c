// Makes events applicable: recorders and exports leave members out or write
// others than rrweb's, and its player gives up a page for one bad node.

import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';

/** rrweb's node types. */
const DOCUMENT = 0;
const ELEMENT = 2;
const COMMENT = 5;

interface Node {
  type: number;
  id: number;
  tagName?: string;
  attributes?: Record<string, unknown>;
  childNodes?: unknown[];
  textContent?: unknown;
}

/** An id that no recorder gives. */
const OURS = -2;

/** The sizes that pages are shown in, and the one of pages without (as timeline's). */
const SIDES = { least: 64, most: 4096 };
const UNSIZED = { width: 1280, height: 720 };

/** Makes events sound, one after the other: a page without a size keeps its last. */
export class Sound {
  private size = UNSIZED;

  /** The event that text or an object holds, made sound in place. */
  event(written: string | eventWithTime): eventWithTime {
    const event = sound(written);
    const { data } = event;
    const resizes =
      event.type === EventType.Meta ||
      (event.type === EventType.IncrementalSnapshot &&
        event.data.source === IncrementalSource.ViewportResize);
    if (resizes) Object.assign(data as object, this.sized(data as typeof UNSIZED));
    return event;
  }

  private sized({ width, height }: typeof UNSIZED): typeof UNSIZED {
    const side = (length: number) => Math.min(Math.max(length, SIDES.least), SIDES.most);
    if (width >= 1 && height >= 1) this.size = { width: side(width), height: side(height) };
    return this.size;
  }
}

function sound(written: string | eventWithTime): eventWithTime {
  const event = typeof written === 'string' ? (JSON.parse(written) as eventWithTime) : written;
  const data = event.data as unknown as Record<string, unknown>;
  if (event.type === EventType.FullSnapshot) {
    soundNode(data.node);
    data.node = asDocument(data.node as Node);
    if (!isObject(data.initialOffset)) data.initialOffset = { left: 0, top: 0 };
  }
  if (event.type === EventType.IncrementalSnapshot && data.source === IncrementalSource.Mutation) {
    for (const list of ['adds', 'removes', 'texts', 'attributes']) {
      data[list] = Array.isArray(data[list]) ? data[list].filter(isObject) : [];
    }
    data.adds = (data.adds as { node: unknown }[]).filter(({ node }) => soundNode(node));
    data.attributes = (data.attributes as { attributes: unknown }[]).filter(({ attributes }) =>
      isObject(attributes),
    );
  }
  return event;
}

/** Completes a node and what is in it; false if it can't be one. */
function soundNode(value: unknown): value is Node {
  if (!isObject(value)) return false;
  const node = value as unknown as Node;
  if (typeof node.id !== 'number' || !(node.type >= DOCUMENT && node.type <= COMMENT)) return false;
  if (node.type === ELEMENT) {
    if (typeof node.tagName !== 'string' || !isName(node.tagName)) return false;
    if (!isObject(node.attributes)) node.attributes = {};
  }
  if (node.type > ELEMENT) node.textContent = String(node.textContent ?? '');
  if (node.type === DOCUMENT || node.type === ELEMENT)
    node.childNodes = Array.isArray(node.childNodes) ? node.childNodes.filter(soundNode) : [];
  return true;
}

/** The page's document; rrweb needs one, with an html element in it. */
function asDocument(node: Node): Node {
  if (node.type !== DOCUMENT) return page(OURS, [node]);
  const children = (node.childNodes ?? []) as Node[];
  const root = children.find((child) => child.type === ELEMENT);
  if (root?.tagName?.toLowerCase() === 'html') return node;
  return page(node.id, root ? [root] : []);
}

function page(id: number, content: Node[]): Node {
  const html = { type: ELEMENT, id: OURS - 1, tagName: 'html', attributes: {} };
  return { type: DOCUMENT, id, childNodes: [{ ...html, childNodes: content }] };
}

function isName(name: string): boolean {
  if (/^[a-z][\w:.-]*$/i.test(name)) return true;
  try {
    document.createElement(name);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
