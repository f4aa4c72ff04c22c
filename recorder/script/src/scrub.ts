// Patterns of personal data and credentials. The recorder checks again, with
// more of them, before anything reaches a disk.

/** Stands for whatever was taken out, however long it was. */
export const MASK = '•••••';

/** A place in a text, from the first character to behind the last. */
export type Range = [start: number, end: number];

const PATTERNS = [
  // E-mail, which pictures for screens of a higher density are named like.
  /[\w.%+-]{1,64}(?:@|%40)(?![\d.]+x\.(?:[a-z\d-]+\.)*(?:png|jpe?g|gif|webp|avif|svg|ico)\b)(?:[a-z\d][a-z\d-]{0,62}\.){1,8}[a-z]{2,24}/gi,
  // JSON Web Tokens, and keys that tell their maker.
  /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|\b(?:sk|pk|rk)_(?:live|test)_\w{10,}|\bgh[pousr]_\w{20,}/g,
  // IBAN.
  /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/g,
  // Telephone numbers: E.164, North American, and with a trunk prefix, which
  // a date and its time may begin like.
  /\+\d(?:[ ()./-]{0,2}\d){7,14}(?!\w)/g,
  /(?<![\w.])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\w|\.\d)/g,
  /(?<![\w.])(?!(?:\d\d[/-]|(?<=\d[/-]))\d\d[/-](?:19|20)\d\d\b)0[1-9](?:[ /-]?\d){8,9}(?![\w.])/g,
];

/** A parameter of a URL whose name says that its value is secret. */
const PARAMETER =
  /((?:^|[?&#;\s"'])(?:[\w.-]*[_.-])?(?:[a-z]*(?:token|secret|passw(?:or)?d|passcode|passphrase|sess(?:ion)?_?id|signature|credential)|(?:api|access)[_-]?key|pwd|otp|pin|sid|sig|jwt|auth(?:orization)?|code|state|nonce|ticket)=)[^&#;\s"'<>)•]+/gi;

/** Where a payment card's number may begin. */
const CARD = /(?<![\w.])[2-6](?=(?:[ -]?\d){12})/g;

/**
 * At the end of a text that grows: what is going to be an address, an IBAN, a
 * token, or the number of a card, of which receipts show up to ten digits.
 */
const GROWING =
  /[\w.%+-]{1,64}@(?![\d.]+x\.)[\w.-]*$|\b[A-Z]{2}\d\d(?: ?[A-Z\d]){8,}$|\beyJ[\w-]{4,}$|(?<![\w.])[2-6](?:[ -]?\d){10,}$/g;

/** Whether any pattern can match: most text of a page has none of these. */
const SUSPECT = /@|%40|eyJ|[=_]|\d(?:\D{0,2}\d){6}/;

/**
 * Finds what looks like personal data or a credential; growing says that
 * somebody is at it, typing.
 */
export function find(text: string, growing = false): Range[] {
  if (!SUSPECT.test(text)) return [];
  const found: Range[] = [];
  for (const pattern of growing ? [...PATTERNS, GROWING] : PATTERNS) {
    for (const { 0: all, index } of text.matchAll(pattern)) found.push([index, index + all.length]);
  }
  for (const { 0: all, 1: name = '', index } of text.matchAll(PARAMETER)) {
    found.push([index + name.length, index + all.length]);
  }
  for (const { index } of text.matchAll(CARD)) {
    const end = cardEnd(text, index);
    if (end) found.push([index, end]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}

/** Replaces what find finds. */
export function scrub(text: string, growing = false): string {
  const found = find(text, growing);
  if (!found.length) return text;
  let out = '';
  let last = 0;
  for (const [start, end] of found) {
    if (start >= last) out += text.slice(last, start) + MASK;
    last = Math.max(last, end);
  }
  return out + text.slice(last);
}

/** The end of the card's number at start, the longest that checks; 0 for none. */
function cardEnd(text: string, start: number): number {
  let digits = '';
  let group = 0;
  let found = 0;
  for (let i = start; digits.length < 19; i++) {
    const c = text[i] ?? '';
    if (/\d/.test(c)) {
      digits += c;
      group++;
      if (digits.length > 12 && !/\w/.test(text[i + 1] ?? '') && luhn(digits)) found = i + 1;
    } else if (/[ -]/.test(c) && group > 2) {
      group = 0;
    } else {
      break;
    }
  }
  return found;
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}
