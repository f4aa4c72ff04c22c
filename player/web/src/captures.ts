// Images and style sheets that recorders capture beside the document: elements
// name them by their addresses, and events of their own bring them.

import { bytes } from './canvas';
import { marked } from './hover';

/** Attributes that name a captured asset; the others tell what it is for. */
const STYLE = 'rr_css_text';
const ATTRIBUTE = 'rr_captured_';

/** What the data of an asset event holds. */
export interface Captured {
  url: string;
  payload?: { type?: string; data?: { base64?: string }[]; cssTexts?: string[] };
}

/** An element's attribute, and the address of what it is to show. */
interface Use {
  element: Element;
  name: string;
  address: string;
}

type Asset = NonNullable<Captured['payload']>;

/** The captured assets of a page, and what shows them. */
export class Captures {
  private readonly assets = new Map<string, Asset>();
  private readonly uses: Use[] = [];
  private readonly missing = new Set<Use>();

  /** Forgets the page. */
  reset(): void {
    this.assets.clear();
    this.uses.length = 0;
    this.missing.clear();
  }

  /** Shows what an element's attributes name; returns the attributes that it gets so. */
  use(element: Element, attributes: Record<string, unknown>): Record<string, string> {
    const given = {};
    for (const [name, address] of Object.entries(attributes)) {
      if (typeof address !== 'string' || !(name === STYLE || name.startsWith(ATTRIBUTE))) continue;
      const use = { element, name: name.replace(ATTRIBUTE, ''), address };
      this.uses.push(use);
      const asset = this.assets.get(address);
      if (asset) Object.assign(given, give(use, asset));
      else this.missing.add(use);
    }
    return given;
  }

  /** An asset has come; returns what elements get by it. */
  add({ url, payload }: Captured): [Element, Record<string, string>][] {
    if (!payload) return []; // it could not be captured
    this.assets.set(url, payload);
    const users = this.uses.filter(({ address }) => address === url);
    for (const use of users) this.missing.delete(use);
    return users.map((use) => [use.element, give(use, payload)]);
  }

  /** What no asset has come for, each told once. */
  lacks(): Use[] {
    const lacks = [...this.missing];
    this.missing.clear();
    return lacks;
  }
}

function give({ element, name }: Use, asset: Asset): Record<string, string> {
  const { cssTexts, data, type } = asset;
  if (name === STYLE) {
    write(element, cssTexts ?? []);
    return {};
  }
  const parts = cssTexts ?? (data ?? []).map(({ base64 }) => bytes(base64 ?? ''));
  const url = URL.createObjectURL(new Blob(parts, { type: cssTexts ? 'text/css' : type }));
  element.setAttribute(name, url);
  return { [name]: url };
}

/** Writes a style element's texts into its text nodes, which later events may name. */
function write(style: Element, texts: string[]): void {
  const nodes = [...style.childNodes];
  if (nodes.length === 0) style.append(marked(texts.join('')));
  for (const [i, node] of nodes.entries())
    node.textContent = marked(i < nodes.length - 1 ? (texts[i] ?? '') : texts.slice(i).join(''));
}
