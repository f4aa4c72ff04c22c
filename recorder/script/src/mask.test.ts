import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputMask, type Level, scrubEvent, textMask } from './mask';
import { MASK } from './scrub';

/** As much of an element as the masks look at. */
function element(attributes: Record<string, string>, unmasked = false): HTMLElement {
  return {
    getAttribute: (name: string) => attributes[name] ?? null,
    hasAttribute: (name: string) => name in attributes,
    closest: () => (unmasked ? {} : null),
  } as unknown as HTMLElement;
}

test('inputs are masked unless they are marked', () => {
  const plain = element({ type: 'text', name: 'city' });
  const marked = element({ type: 'text', name: 'city' }, true);
  for (const level of ['standard', 'strict'] as Level[]) {
    assert.equal(inputMask(level)('Porto', plain), MASK);
    assert.equal(inputMask(level)('Porto', marked), 'Porto');
    assert.equal(inputMask(level)('', plain), '');
  }
  assert.equal(inputMask('open')('Porto', plain), 'Porto');
});

test('nothing unmasks passwords, one-time codes and cards', () => {
  const never = [
    { type: 'password' },
    { type: 'text', 'data-rr-is-password': 'true' },
    { autocomplete: 'one-time-code' },
    { autocomplete: 'section-a cc-number' },
    { autocomplete: 'New-Password' },
    { name: 'cardNumber' },
    { id: 'cvc' },
    { name: 'otp' },
    { type: 'hidden', name: 'x' },
  ];
  for (const attributes of never) {
    const el = element(attributes as unknown as Record<string, string>, true);
    for (const level of ['standard', 'strict', 'open'] as Level[]) {
      assert.equal(inputMask(level)('1234', el), MASK, JSON.stringify(attributes));
    }
  }
});

test('text stays readable at standard and is gone at strict', () => {
  const text = 'Hello alice@example.com';
  assert.equal(textMask('standard')(text, element({})), `Hello ${MASK}`);
  assert.equal(textMask('strict')(text, element({})), MASK);
  assert.equal(textMask('strict')('  \n', element({})), '  \n');
  assert.equal(textMask('strict')(text, element({}, true)), text);
  assert.equal(textMask('open')(text, null), text);
});

const snapshot = () => ({
  type: 2,
  data: {
    node: {
      type: 2,
      tagName: 'body',
      attributes: { title: 'for alice@example.com', class: 'a@b.example' },
      childNodes: [
        { tagName: 'input', attributes: { type: 'hidden', value: 'secret' } },
        { tagName: 'input', attributes: { type: 'checkbox', value: 'yes' } },
        { tagName: 'input', attributes: { type: 'submit', value: 'Pay' } },
        { tagName: 'meta', attributes: { name: 'csrf-token', content: 'abc' } },
        { tagName: 'option', attributes: { selected: true } },
        { tagName: 'a', attributes: { href: '/x?token=abc', 'aria-label': 'Your cart' } },
      ],
    },
  },
});

test('attributes that rrweb leaves are scrubbed', () => {
  const event = snapshot();
  scrubEvent(event, 'standard');
  const [hidden, box, submit, meta, option, link] = event.data.node.childNodes;
  assert.deepEqual(event.data.node.attributes, { title: `for ${MASK}`, class: 'a@b.example' });
  assert.equal(hidden?.attributes.value, MASK);
  assert.equal(box?.attributes.value, MASK);
  assert.equal(submit?.attributes.value, 'Pay');
  assert.equal(meta?.attributes.content, MASK);
  assert.deepEqual(option?.attributes, {});
  assert.deepEqual(link?.attributes, { href: `/x?token=${MASK}`, 'aria-label': 'Your cart' });
});

test('strict masks what people read, open only credentials', () => {
  const strict = snapshot();
  scrubEvent(strict, 'strict');
  assert.equal(strict.data.node.attributes.title, MASK);
  assert.equal(strict.data.node.childNodes[5]?.attributes['aria-label'], MASK);
  const open = snapshot();
  scrubEvent(open, 'open');
  assert.equal(open.data.node.attributes.title, 'for alice@example.com');
  assert.equal(open.data.node.childNodes[0]?.attributes.value, MASK);
  assert.equal(open.data.node.childNodes[1]?.attributes.value, 'yes');
});
