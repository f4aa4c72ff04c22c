import { type Fields, LABEL, type Level, sensitive, UNMASK } from './fields';
import { acrossNodes } from './lines';
import { find, MASK, scrub } from './scrub';
import { mend } from './sheets';

type Json = undefined | null | boolean | number | string | Json[] | Item;
type Item = { [key: string]: Json };

/** Begins a text that was unmasked by its site, for the recorder: it strips it. */
const SHOWN = '\uFDD0';

/** Attributes that people write for other people to read. */
const TEXT =
  /^(?:alt|aria-(?:description|label|placeholder|roledescription|valuetext)|content|label|placeholder|title|data-.*)$/;
/** Attributes that pages mirror a field in. */
const MIRROR = new RegExp(`${TEXT.source}|^value$`);
/** Attributes that hold a secret by their name. */
const SECRET = /csrf|xsrf|token|secret|passw|api-?key|nonce/i;
/** Keys whose values are style or geometry: scrubbing them could only break the picture. */
const OPAQUE = /^(?:class|d|points|rr_dataURL|tagName|viewBox)$/;
/** Pictures in a style sheet, but for fonts and other sheets. */
const PICTURE =
  /url\((?!["']?(?:#|data:[a-z/-]*font|[^"')]*\.(?:woff2?|ttf|otf|eot|css)))(?:"[^"]*"|'[^']*'|[^)]*)\)/gi;
const EDITABLE = '[contenteditable]:not([contenteditable=false])';

/** What holds for the content of an element. */
interface Place {
  shown: boolean;
  /** Its text is what somebody typed. */
  typed: boolean;
  style: boolean;
}

const PAGE: Place = { shown: false, typed: false, style: false };

/** A text node of an event, and where its text is. */
interface TextItem {
  id: number;
  item: Item;
  key: string;
}

/**
 * Takes out of events, which it changes, what may not leave the page: all that
 * rrweb records except for the values of fields, which Fields masks.
 */
export class Mask {
  private growing = false;
  private texts: TextItem[] = [];
  /** What is in fields at the time of the event, once it is asked for. */
  private values?: Set<string>;

  constructor(
    private readonly level: Level,
    private readonly fields: Fields,
    private readonly nodeOf: (id: number) => Node | null,
  ) {}

  event(event: object): void {
    const { type, data } = event as { type: number; data: Item };
    this.growing = type === 3;
    this.values = undefined;
    if (type === 3 && data.source === 5) {
      const el = this.element(data.id);
      if (el) data.text = this.shown(this.value(String(data.text), el), !!el.closest(UNMASK));
    }
    if (type === 6) this.logged(data.payload as Item);
    if (this.level === 'strict' && (type === 4 || type === 5)) {
      const said = (type === 4 ? data : data.payload) as Item;
      address(said, 'href', 'action', 'referrer');
      if (said.title) said.title = MASK;
    }
    this.walk(data, PAGE);
    this.across();
  }

  private element(id: Json): Element | undefined {
    return elementOf(this.nodeOf(id as number));
  }

  private shown(text: string, shown: boolean): string {
    return shown && this.level !== 'open' && find(text).length ? SHOWN + text : text;
  }

  private walk(value: Item | Json[], place: Place): void {
    if (!Array.isArray(value)) {
      if (value.node && value.parentId) place = this.placeOf(this.nodeOf(value.parentId as number));
      if (value.type === 2 && value.tagName) place = this.node(value, place);
      else if (value.attributes && typeof value.id === 'number') this.changed(value);
      if (value.type === 3 && typeof value.textContent === 'string') {
        this.text(value, 'textContent', place);
      } else if (typeof value.value === 'string' && typeof value.id === 'number') {
        this.text(value, 'value', this.placeOf(this.nodeOf(value.id)?.parentNode));
      }
    }
    for (const key of Object.keys(value)) {
      const item = (value as Item)[key];
      if (item && typeof item === 'object') this.walk(item, place);
      else if (typeof item === 'string') {
        const clean = this.string(key, item);
        // What a page hands over may be frozen.
        if (clean !== item) (value as Item)[key] = clean;
      }
    }
  }

  private placeOf(parent: Node | null | undefined): Place {
    const el = elementOf(parent);
    return {
      shown: !!el?.closest(UNMASK),
      typed: !!el?.closest(`textarea,${EDITABLE}`),
      style: el?.nodeName.toLowerCase() === 'style',
    };
  }

  private text(item: Item, key: string, place: Place): void {
    const text = item[key] as string;
    if (this.level === 'open' || place.style || !text.trim()) return;
    if (place.shown) item[key] = this.shown(text, true);
    else if (place.typed || this.level === 'strict') item[key] = MASK;
    else this.texts.push({ id: item.id as number, item, key });
  }

  /** Any string: one that is marked as shown stays. */
  private string(key: string, text: string): string {
    if (OPAQUE.test(key)) return text;
    text = this.fields.clean(text);
    if (this.level === 'open' || text[0] === SHOWN) return text;
    if (this.level === 'strict' && text.includes('url(')) text = text.replace(PICTURE, 'none');
    return /^(?:mailto|tel|sms):/i.test(text) ? MASK : scrub(text, this.growing);
  }

  /** Masks nodes that hold parts of a value which lies across them. */
  private across(): void {
    const items = new Map<Node, TextItem>();
    for (const t of this.texts) {
      const node = this.nodeOf(t.id);
      if (node) items.set(node, t);
    }
    this.texts = [];
    for (const node of acrossNodes(items.keys(), this.growing)) {
      const found = items.get(node);
      if (found) found.item[found.key] = MASK;
    }
  }

  /** An element of a snapshot; returns what holds for its content. */
  private node(node: Item, place: Place): Place {
    const attributes = (node.attributes ?? {}) as Item;
    const tag = String(node.tagName);
    const get = (name: string) => String(attributes[name] ?? '');
    const shown = place.shown || 'data-reelay-unmask' in attributes;
    if (attributes._cssText) mend(attributes, this.element(node.id));
    if (tag === 'input' && typeof attributes.value === 'string' && attributes.value !== MASK) {
      const never = sensitive(get) || (this.level !== 'open' && !shown);
      if (!LABEL.test(get('type')) && never) attributes.value = MASK;
    }
    if (this.level !== 'open' && tag === 'option') delete attributes.selected;
    if (tag === 'meta' && SECRET.test(get('name'))) attributes.content = MASK;
    this.attributes(tag, attributes, shown);
    const edit = attributes.contenteditable;
    return {
      shown,
      typed: tag === 'textarea' || (edit === undefined ? place.typed : edit !== 'false'),
      style: tag === 'style',
    };
  }

  /** A change of attributes. */
  private changed(change: Item): void {
    const el = this.element(change.id);
    const attributes = change.attributes as Item;
    if (!el) return;
    if (attributes._cssText) mend(attributes, el);
    if (typeof attributes.value === 'string' && 'labels' in el) {
      attributes.value = this.value(attributes.value, el);
    }
    const tag = el.nodeName.toLowerCase();
    if (tag === 'meta' && SECRET.test(el.getAttribute('name') ?? '')) attributes.content = MASK;
    this.attributes(tag, attributes, !!el.closest(UNMASK));
  }

  /** The value of a field, which rrweb leaves as it is for some types. */
  private value(text: string, el: Element): string {
    return LABEL.test((el as HTMLInputElement).type) ? text : this.fields.mask(text, el);
  }

  private attributes(tag: string, attributes: Item, shown: boolean): void {
    // A frame's document is recorded by itself.
    delete attributes.srcdoc;
    const strict = this.level === 'strict' && !shown;
    if (strict && /^(?:a|area|form)$/.test(tag)) address(attributes, 'href', 'action');
    for (const name of Object.keys(attributes)) {
      const value = attributes[name];
      if (typeof value !== 'string' || !value) continue;
      const label = strict && (TEXT.test(name) || (name === 'value' && tag === 'input'));
      if (label || (name !== 'content' && SECRET.test(name))) attributes[name] = MASK;
      else attributes[name] = this.shown(MIRROR.test(name) ? this.unmirrored(value) : value, shown);
    }
  }

  /** A text without what is in fields. */
  private unmirrored(text: string): string {
    this.values ??= this.fields.values();
    for (const value of this.values) {
      if (text.includes(value)) text = text.replaceAll(value, MASK);
    }
    return text;
  }

  /** What a page logs: elements become HTML, events tell the keys pressed. */
  private logged(log: Item): void {
    if (!Array.isArray(log?.payload)) return;
    log.payload = log.payload.map((line) => {
      if (typeof line !== 'string') return line;
      if (this.level === 'strict') return JSON.stringify(MASK);
      const clean = this.unmirrored(line).replace(/(\bvalue=\\")(?:[^"\\]|\\[^"])*/g, `$1${MASK}`);
      if (!clean.includes('"isTrusted"')) return clean;
      return clean.replace(/("(?:key|code|data)":")[^"]*/g, `$1${MASK}`);
    });
  }
}

function elementOf(node: Node | null | undefined): Element | undefined {
  // A frame's elements are of another realm: instanceof does not know them.
  return node?.nodeType === 1 ? (node as Element) : undefined;
}

/** What a query says is text, too. */
function address(item: Item, ...keys: string[]): void {
  for (const key of keys) {
    const url = item[key];
    if (typeof url === 'string') item[key] = url.replace(/([?&][^=&#]*=)[^&#]+/g, `$1${MASK}`);
  }
}
