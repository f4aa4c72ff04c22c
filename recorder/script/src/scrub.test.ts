import assert from 'node:assert/strict';
import { test } from 'node:test';
import cases from '../../redact/testdata/both.json';
import { MASK, scrub } from './scrub';

// The recorder's tests hold its patterns against the same list.
for (const { text, want } of cases) {
  test(`scrub ${text}`, () => assert.equal(scrub(text), want));
}

test('a growing text may name a picture for a sharper screen', () => {
  assert.equal(scrub('https://s.test/img/logo@2x.png', true), 'https://s.test/img/logo@2x.png');
});

test('a text that grows shows neither an address nor a card', () => {
  assert.equal(scrub('to alice@exam', true), `to ${MASK}`);
  assert.equal(scrub('to alice@exam'), 'to alice@exam');
  assert.equal(scrub('4111 1111 11', true), '4111 1111 11');
  assert.equal(scrub('4111 1111 111', true), MASK);
  assert.equal(scrub('DE89 3704 0044', true), MASK);
  assert.equal(scrub('1763931780000 ms', true), '1763931780000 ms');
});

test('masks have one length', () => {
  assert.equal(scrub('a@b.example'), scrub('a.very.long.name@a.very.long.host.example'));
});
