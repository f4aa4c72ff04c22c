import { MASK, scrub } from './scrub';

/** How much is kept; see recorder.Level. */
export type Level = 'standard' | 'strict' | 'open';

/** Elements whose content is left as it is, except for what is never shown. */
const UNMASK = '[data-reelay-unmask]';

/** What no level and no mark can unmask. */
const NEVER_TYPE = /^(password|hidden)$/;
const NEVER_AUTOCOMPLETE = /one-time-code|cc-|current-password|new-password/;
const NEVER_NAME =
  /passw|passcode|\botp\b|one.?time|card.?n|cvc|cvv|csc|\bpin\b|iban|\bssn\b|secret|token/i;

/** Attributes that people write for other people to read. */
const TEXT_ATTRIBUTES = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'content',
  'label',
  'placeholder',
  'srcdoc',
  'title',
]);

/** Keys whose values are style or geometry: scrubbing them could only break the picture. */
const OPAQUE = new Set(['class', 'd', 'points', 'rr_dataURL', 'tagName', 'viewBox']);

function sensitive(el: HTMLElement): boolean {
  const get = (name: string) => el.getAttribute(name) ?? '';
  return (
    NEVER_TYPE.test(get('type').toLowerCase()) ||
    el.hasAttribute('data-rr-is-password') ||
    NEVER_AUTOCOMPLETE.test(get('autocomplete').toLowerCase()) ||
    NEVER_NAME.test(get('name')) ||
    NEVER_NAME.test(get('id'))
  );
}

/** Returns rrweb's callback for the value of an input. */
export function inputMask(level: Level) {
  return (text: string, el: HTMLElement): string => {
    if (!text) return text;
    const shown = level === 'open' || el.closest(UNMASK);
    return shown && !sensitive(el) ? text : MASK;
  };
}

/** Returns rrweb's callback for a text node in el. */
export function textMask(level: Level) {
  return (text: string, el: HTMLElement | null): string => {
    if (level === 'open' || !text.trim() || el?.closest(UNMASK)) return text;
    return level === 'strict' ? MASK : scrub(text);
  };
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

/**
 * Takes out of an event what rrweb's own masking does not reach: attributes,
 * URLs, comments, values of hidden inputs, which option is chosen. It changes
 * the event.
 */
export function scrubEvent(event: object, level: Level): void {
  walk(event as Node, level);
}

function walk(value: Json[] | Node, level: Level): void {
  if (!Array.isArray(value)) element(value, level);
  for (const key of Object.keys(value)) {
    const item = (value as Node)[key];
    if (typeof item === 'string') {
      if (level !== 'open' && !OPAQUE.has(key)) {
        const clean = scrub(item);
        if (clean !== item) (value as Node)[key] = clean;
      }
    } else if (item && typeof item === 'object') {
      walk(item, level);
    }
  }
}

function element(node: Node, level: Level): void {
  const attributes = node.attributes;
  if (!attributes || typeof attributes !== 'object' || Array.isArray(attributes)) return;
  const type = attributes.type;
  if (node.tagName === 'input' && typeof attributes.value === 'string') {
    const label = type === 'submit' || type === 'button' || type === 'reset';
    const hidden = type === 'hidden' || type === 'password';
    if (hidden || (level !== 'open' && !label)) attributes.value = MASK;
  }
  if (node.tagName === 'meta' && /csrf|token|nonce/i.test(String(attributes.name))) {
    attributes.content = MASK;
  }
  if (level !== 'open' && node.tagName === 'option') delete attributes.selected;
  if (level !== 'strict') return;
  for (const name of Object.keys(attributes)) {
    const personal = TEXT_ATTRIBUTES.has(name) || name.startsWith('data-');
    if (personal && attributes[name] && !name.startsWith('data-reelay')) attributes[name] = MASK;
  }
}
