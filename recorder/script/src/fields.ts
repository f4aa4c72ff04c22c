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

/** Fields that people write into. */
const WRITTEN = /^(?:text|search|email|tel|url|number|date)/;

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
  private readonly written = new Set<HTMLInputElement>();

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
    if (this.level === 'open' || el.closest(UNMASK)) return card(text);
    const field = el as HTMLInputElement;
    if (WRITTEN.test(field.type)) this.written.add(field);
    return MASK;
  };

  /** What is in masked fields now, for pages mirror it: as it is and as JSON. */
  values(): Set<string> {
    const values = new Set<string>();
    for (const field of this.written) {
      const { isConnected, value } = field;
      if (!isConnected) this.written.delete(field);
      else if (value.length >= REMEMBER) values.add(value).add(JSON.stringify(value).slice(1, -1));
    }
    return values;
  }

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
