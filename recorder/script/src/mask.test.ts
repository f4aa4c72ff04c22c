import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fields, type Level } from './fields';
import { Mask } from './mask';
import { MASK } from './scrub';

/** As much of an element as the masks look at. */
function element(attributes: Record<string, string>, unmasked = false): Element {
  return {
    nodeType: 1,
    nodeName: 'INPUT',
    type: attributes.type ?? 'text',
    labels: [],
    childNodes: [],
    getAttribute: (name: string) => attributes[name] ?? null,
    closest: (selector: string) => (unmasked && selector.includes('unmask') ? {} : null),
  } as unknown as Element;
}

const levels: Level[] = ['standard', 'strict', 'open'];

/** What a level makes of an event. */
function masked<T extends object>(level: Level, event: T, nodes: Record<number, unknown> = {}): T {
  new Mask(level, new Fields(level), (id) => (nodes[id] as Node) ?? null).event(event);
  return event;
}

test('inputs are masked unless they are marked', () => {
  const plain = element({ name: 'city' });
  const marked = element({ name: 'city' }, true);
  for (const level of ['standard', 'strict'] as Level[]) {
    assert.equal(new Fields(level).mask('Porto', plain), MASK);
    assert.equal(new Fields(level).mask('Porto', marked), 'Porto');
    assert.equal(new Fields(level).mask('', plain), '');
  }
  assert.equal(new Fields('open').mask('Porto', plain), 'Porto');
});

test('nothing unmasks passwords, one-time codes and cards', () => {
  const never: Record<string, string>[] = [
    { type: 'password' },
    { type: 'text', 'data-rr-is-password': 'true' },
    { autocomplete: 'one-time-code' },
    { autocomplete: 'section-a cc-number' },
    { autocomplete: 'New-Password' },
    { name: 'cardNumber' },
    { id: 'cvc' },
    { name: 'otp' },
    { name: 'user_otp' },
    { id: 'loginPin' },
    { placeholder: 'Card number' },
    { 'aria-label': 'Verification code' },
    { maxlength: '1', name: 'd3' },
    { type: 'hidden', name: 'x' },
  ];
  for (const attributes of never) {
    for (const level of levels) {
      const got = new Fields(level).mask('1234', element(attributes, true));
      assert.equal(got, MASK, JSON.stringify(attributes));
    }
  }
  const labelled = Object.assign(element({}, true), { labels: [{ textContent: 'Card number' }] });
  assert.equal(new Fields('open').mask('1234', labelled), MASK);
  for (const name of ['spinner', 'opinion', 'shipping', 'options', 'city']) {
    assert.equal(new Fields('open').mask('x', element({ name })), 'x', name);
  }
});

test('a card is masked on its way, whatever its field is called', () => {
  const fields = new Fields('open');
  const el = element({ name: 'note' });
  const digits = '4111111111111111';
  for (let n = 1; n <= digits.length; n++) {
    const shown = fields.mask(digits.slice(0, n), el);
    assert.equal(shown, n < 11 ? digits.slice(0, n) : MASK);
  }
});

test('what was typed as a password is shown nowhere', () => {
  const fields = new Fields('open');
  fields.mask('Tr0ub4dor&3', element({ type: 'password' }));
  assert.equal(fields.clean('it is Tr0ub4dor&3!'), `it is ${MASK}!`);
  assert.equal(fields.clean('/?p=Tr0ub4dor%263'), `/?p=${MASK}`);
});

const snapshot = () => ({
  type: 2,
  data: {
    node: {
      type: 2,
      id: 1,
      tagName: 'body',
      attributes: { title: 'for alice@example.com', class: 'a@b.example' },
      childNodes: [
        { type: 2, id: 2, tagName: 'input', attributes: { type: 'hidden', value: 'secret' } },
        { type: 2, id: 3, tagName: 'input', attributes: { type: 'checkbox', value: 'yes' } },
        { type: 2, id: 4, tagName: 'input', attributes: { type: 'submit', value: 'Pay' } },
        { type: 2, id: 5, tagName: 'meta', attributes: { name: 'csrf-token', content: 'abc' } },
        { type: 2, id: 6, tagName: 'option', attributes: { selected: true } },
        {
          type: 2,
          id: 7,
          tagName: 'a',
          attributes: { href: '/x?token=abc&q=shoes', 'aria-label': 'Your cart', srcdoc: '<p>' },
        },
        { type: 3, id: 8, textContent: 'Hello alice@example.com' },
        { type: 3, id: 9, textContent: '  \n' },
        {
          type: 2,
          id: 10,
          tagName: 'p',
          attributes: { 'data-reelay-unmask': '' },
          childNodes: [{ type: 3, id: 11, textContent: 'ask help@example.com' }],
        },
        {
          type: 2,
          id: 12,
          tagName: 'div',
          attributes: { contenteditable: 'true' },
          childNodes: [{ type: 3, id: 13, textContent: 'my diary' }],
        },
        {
          type: 2,
          id: 14,
          tagName: 'div',
          attributes: {
            style: 'background: url(me.jpg) red',
            'data-api-token': 'abc',
          },
          childNodes: [],
        },
      ],
    },
  },
});

/** The nodes below the body of a masked snapshot. */
// biome-ignore lint/suspicious/noExplicitAny: of many shapes
const nodes = (level: Level): any[] => masked(level, snapshot()).data.node.childNodes;

test('standard keeps a page readable', () => {
  const event = masked('standard', snapshot());
  assert.deepEqual(event.data.node.attributes, { title: `for ${MASK}`, class: 'a@b.example' });
  const [hidden, box, submit, meta, option, link, text, blank, shown, diary, div] =
    nodes('standard');
  assert.equal(hidden.attributes.value, MASK);
  assert.equal(box.attributes.value, MASK);
  assert.equal(submit.attributes.value, 'Pay');
  assert.equal(meta.attributes.content, MASK);
  assert.deepEqual(option.attributes, {});
  assert.deepEqual(link.attributes, {
    href: `/x?token=${MASK}&q=shoes`,
    'aria-label': 'Your cart',
  });
  assert.equal(text.textContent, `Hello ${MASK}`);
  assert.equal(blank.textContent, '  \n');
  assert.equal(shown.childNodes[0].textContent, '\uFDD0ask help@example.com');
  assert.equal(diary.childNodes[0].textContent, MASK);
  assert.deepEqual(div.attributes, {
    style: 'background: url(me.jpg) red',
    'data-api-token': MASK,
  });
});

test('strict masks all that people read and see', () => {
  const [, , submit, , , link, text, blank, shown, , div] = nodes('strict');
  assert.equal(submit.attributes.value, MASK);
  assert.deepEqual(link.attributes, {
    href: `/x?token=${MASK}&q=${MASK}`,
    'aria-label': MASK,
  });
  assert.equal(text.textContent, MASK);
  assert.equal(blank.textContent, '  \n');
  assert.equal(shown.childNodes[0].textContent, '\uFDD0ask help@example.com');
  assert.equal(div.attributes.style, 'background: none red');
});

test('open masks credentials alone', () => {
  const [hidden, box, , , , , text, , , diary] = nodes('open');
  assert.equal(hidden.attributes.value, MASK);
  assert.equal(box.attributes.value, 'yes');
  assert.equal(text.textContent, 'Hello alice@example.com');
  assert.equal(diary.childNodes[0].textContent, 'my diary');
});

test('fonts and other sheets stay at strict', () => {
  const css =
    '@import url("a.css");@font-face{src:url(a.woff2)}a{background:url("x)y.png")}b{fill:url(#g)}';
  const event = { type: 3, data: { source: 8, adds: [{ rule: css }] } };
  assert.equal(
    masked('strict', event).data.adds[0]?.rule,
    '@import url("a.css");@font-face{src:url(a.woff2)}a{background:none}b{fill:url(#g)}',
  );
});

test('changes of hidden inputs, boxes and meta are masked', () => {
  const hidden = element({ type: 'hidden' });
  const box = element({ type: 'checkbox' });
  const input = (id: number) => ({ type: 3, data: { source: 5, text: 'choice', id } });
  assert.equal(masked('open', input(1), { 1: hidden }).data.text, MASK);
  assert.equal(masked('standard', input(1), { 1: box }).data.text, MASK);
  assert.equal(masked('open', input(1), { 1: box }).data.text, 'choice');
  const change = {
    type: 3,
    data: { source: 0, attributes: [{ id: 1, attributes: { value: 'csrf-1' } }] },
  };
  assert.equal(masked('open', change, { 1: hidden }).data.attributes[0]?.attributes.value, MASK);
});

test('what is in a field is masked where the page mirrors it', () => {
  const { labels: _, ...mirror } = element({}) as HTMLInputElement;
  const fields = (level: Level, field: object) => {
    const known = new Fields(level);
    known.mask('Alice "Al" L', field as Element);
    return new Mask(level, known, (id) => (id === 1 ? (mirror as unknown as Node) : null));
  };
  const field = { ...element({ name: 'city' }), isConnected: true, value: 'Alice "Al" L' };
  const event = () => ({
    type: 3,
    data: {
      source: 0,
      attributes: [
        {
          id: 1,
          attributes: { 'data-copy': 'for Alice "Al" L!', value: field.value, class: field.value },
        },
      ],
    },
  });
  const log = () => ({
    type: 6,
    data: { payload: { payload: [JSON.stringify({ name: field.value })] } },
  });
  const attributes = (e: ReturnType<typeof event>) => e.data.attributes[0]?.attributes;

  const mask = fields('standard', field);
  const change = event();
  mask.event(change);
  assert.deepEqual(attributes(change), {
    'data-copy': `for ${MASK}!`,
    value: MASK,
    class: 'Alice "Al" L',
  });
  const line = log();
  mask.event(line);
  assert.deepEqual(line.data.payload.payload, [JSON.stringify({ name: MASK })]);

  field.value = 'Ali';
  const short = event();
  mask.event(short);
  assert.equal(attributes(short)?.value, 'Ali');

  field.value = 'Alice "Al" L';
  for (const other of [
    fields('open', field),
    fields('standard', { ...field, isConnected: false }),
  ]) {
    const kept = event();
    other.event(kept);
    assert.equal(attributes(kept)?.value, field.value);
  }
});

test('elements and key presses that a page logs are masked', () => {
  const log = (payload: string[]) => ({ type: 6, data: { payload: { payload } } });
  const html = JSON.stringify('<input type="hidden" value="secret">');
  const press = JSON.stringify({ isTrusted: true, key: 's' });
  const { payload } = masked('standard', log([html, press, '"hello"'])).data.payload;
  assert.deepEqual(payload, [
    JSON.stringify(`<input type="hidden" value="${MASK}">`),
    JSON.stringify({ isTrusted: true, key: MASK }),
    '"hello"',
  ]);
  assert.deepEqual(masked('strict', log(['"hello"'])).data.payload.payload, [`"${MASK}"`]);
});
