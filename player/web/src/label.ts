// What a person would call an element.

const TARGETS =
  'a, button, input, select, textarea, summary, label, option, [role], [onclick], [tabindex]';
const LONGEST = 60;

/** The name of what the element belongs to: a button, a link, a field. */
export function label(element: Element): string {
  const target = element.closest(TARGETS) ?? element;
  const doc = target.ownerDocument;
  const labelledBy = target
    .getAttribute('aria-labelledby')
    ?.split(/\s+/)
    .map((id) => doc.getElementById(id)?.textContent ?? '')
    .join(' ');
  const field = target as HTMLInputElement;
  const isButton = target.localName === 'input' && /^(button|submit|reset)$/.test(field.type);
  const isField = /^(input|select|textarea)$/.test(target.localName) && !isButton;
  const candidates = [
    labelledBy,
    target.getAttribute('aria-label'),
    isField ? [...(field.labels ?? [])].map((l) => l.textContent).join(' ') : null,
    isButton ? field.value : null,
    isField ? field.placeholder : (target as HTMLElement).innerText,
    target.getAttribute('alt') ?? target.querySelector('img[alt]')?.getAttribute('alt'),
    target.getAttribute('title'),
    target.getAttribute('name'),
  ];
  for (const candidate of candidates) {
    const text = candidate?.replace(/\s+/g, ' ').trim();
    if (text) return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }
  return '';
}
