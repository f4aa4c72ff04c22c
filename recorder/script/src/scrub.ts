// Patterns of personal data and credentials. The recorder checks again, with
// more of them, before anything reaches a disk.

/** Stands for whatever was taken out, however long it was. */
export const MASK = '•••••';

const EMAIL = /[\w.%+-]{1,64}(?:@|%40)(?:[a-z\d][a-z\d-]{0,62}\.){1,8}[a-z]{2,24}/gi;
const TOKEN =
  /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|\b(?:sk|pk|rk)_(?:live|test)_\w{10,}|\bgh[pousr]_\w{20,}/g;
const PARAMETER =
  /([?&#;](?:[a-z\d]+[_.-])?(?:[a-z]*_?token|api_?key|[a-z]*_?secret|passw(?:or)?d|pwd|otp|sess(?:ion)?_?id|sig(?:nature)?|auth|code|state)=)[^&#;\s"'<>)•]+/gi;
const NUMBER = /(^|[^\w.])(\+?\(?\d(?:[ ()./-]{0,2}\d){6,33})(?![\w])/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/g;

/** Whether any pattern can match: most text of a page has none of these. */
const SUSPECT = /@|%40|eyJ|[=_]|\d(?:\D{0,2}\d){6}/;

/** Replaces what looks like personal data or a credential. */
export function scrub(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(EMAIL, MASK)
    .replace(TOKEN, MASK)
    .replace(PARAMETER, `$1${MASK}`)
    .replace(IBAN, MASK)
    .replace(NUMBER, (all, before: string, number: string) =>
      isCard(number) || isPhone(number) ? before + MASK : all,
    );
}

function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (!/^[2-6]\d{12,18}$/.test(digits) || /[^\d -]|[ -]{2}/.test(text)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

/** E.164 with a plus, or the North American grouping. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return text[0] === '+'
    ? digits > 7 && digits < 16
    : /^(\(\d{3}\) ?|\d{3}([-. ]))\d{3}[-. ]\d{4}$/.test(text);
}
