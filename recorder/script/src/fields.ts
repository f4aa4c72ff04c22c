import { MASK, scrub } from './scrub';

/** How much is kept; see recorder.Level. */
export type Level = 'standard' | 'strict' | 'open';

/** Elements whose content is left as it is, except for what is never shown. */
export const UNMASK = '[data-reelay-unmask]';

/** Fields whose value no level and no mark can unmask. */
const TYPE = /^(password|hidden)$/;
const AUTOCOMPLETE = /one-time-code|cc-|current-password|new-password/;
const NAME =
  /passw|passcode|passphrase|pwd|one.?time|verif\w*.?code|security.?code|sms.?code|2fa|totp|card.?n|cc.?n|cvc|cvv|csc|iban|secret|token/i;
const WORD = /(?:\b|_)(?:otp|pin|ssn)(?:\b|_|[A-Z])|(?:Otp|Pin|Ssn)(?![a-z])|OTP|SSN/;

/** Inputs that show what their site wrote. */
export const LABEL = /^(submit|button|reset)$/;

/** Values shorter than this, in characters, are also words of a page. */
const REMEMBER = 4;

/** Tells by its attributes whether a field may never be shown. */
export function sensitive(get: (name: string) => string, label = ''): boolean {
  const names = [get('name'), get('id'), get('placeholder'), get('aria-label'), label].join(' ');
  return (
    TYPE.test(get('type').toLowerCase()) ||
    get('data-rr-is-password') !== '' ||
    AUTOCOMPLETE.test(get('autocomplete').toLowerCase()) ||
    // One box for each digit of a code.
    get('maxlength') === '1' ||
    NAME.test(names) ||
    WORD.test(names)
  );
}

/** Masks the values of fields, and knows those that may be shown nowhere. */
export class Fields {
  private readonly secrets = new Map<Element, string>();

  constructor(private readonly level: Level) {}

  /** rrweb's callback for a value. */
  readonly mask = (text: string, el: Element): string => {
    if (!text || text === MASK) return text;
    const get = (name: string) => el.getAttribute(name) ?? '';
    const label = (el as HTMLInputElement).labels?.[0]?.textContent ?? '';
    if (sensitive(get, label)) {
      if (get('type') !== 'hidden' && text.length >= REMEMBER) this.secrets.set(el, text);
      return MASK;
    }
    return this.level === 'open' || el.closest(UNMASK) ? card(text) : MASK;
  };

  /** Takes the values of passwords, codes and cards out of any text. */
  clean(text: string): string {
    for (const value of this.secrets.values()) {
      for (const form of [value, encodeURIComponent(value)]) {
        if (text.includes(form)) text = text.replaceAll(form, MASK);
      }
    }
    return text;
  }
}

/** A card's number is masked on its way, whatever its field is called. */
function card(text: string): string {
  return /^[2-6](?:[ -]?\d){10,}$/.test(text) ? scrub(text, true) : text;
}
