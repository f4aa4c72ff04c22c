// Fields whose values are never repeated, even where a recording holds them. The
// recorder masks the same ones (recorder/script/src/mask.ts).

const TYPE = /^(password|hidden)$/;
const AUTOCOMPLETE = /one-time-code|cc-|current-password|new-password/;
const NAME =
  /passw|passcode|\botp\b|one.?time|card.?n|cvc|cvv|csc|\bpin\b|iban|\bssn\b|secret|token/i;

/**
 * Whether the field takes a password, a code or a card. The replayed element has
 * no autocomplete of its own, so that the recorded one is asked first.
 */
export function isSecret(field: Element, recorded: Record<string, unknown>): boolean {
  const get = (name: string) => String(recorded[name] ?? field.getAttribute(name) ?? '');
  return (
    TYPE.test(get('type').toLowerCase()) ||
    field.hasAttribute('data-rr-is-password') ||
    AUTOCOMPLETE.test(get('autocomplete').toLowerCase()) ||
    NAME.test(get('name')) ||
    NAME.test(get('id'))
  );
}
