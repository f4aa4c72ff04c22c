import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pack } from './frames';
import { Ring } from './ring';

const event = (n: number) => JSON.stringify({ n, text: 'x'.repeat(90) });

test('events are kept until they are acknowledged', () => {
  const ring = new Ring(10_000);
  for (let n = 0; n < 5; n++) assert.equal(ring.push(event(n), false), false);
  ring.acknowledge(2);
  assert.deepEqual([ring.start, ring.end], [2, 5]);
  assert.deepEqual(
    ring.from(3).map((e) => e.seq),
    [3, 4],
  );
  ring.acknowledge(5);
  assert.deepEqual([ring.start, ring.end, ring.from(0).length], [5, 5, 0]);
});

test('pointer paths are dropped first, and that needs no snapshot', () => {
  const ring = new Ring(1000);
  let lost = false;
  for (let n = 0; n < 14; n++) lost = ring.push(event(n), n % 2 === 0) || lost;
  assert.equal(lost, false);
  const left = ring.from(0);
  assert.ok(left.some((e) => !e.json));
  assert.ok(left.filter((e) => e.json).length >= 7);
  assert.equal(
    left.reduce((n, e) => n + e.count, 0),
    14,
  );
});

test('what does not fit becomes one gap, and the latest event stays', () => {
  const ring = new Ring(1000);
  let lost = false;
  for (let n = 0; n < 12; n++) lost = ring.push(event(n), false) || lost;
  assert.equal(lost, true);
  const [gap, ...rest] = ring.from(0);
  assert.equal(gap?.json, '');
  assert.equal(gap?.seq, 0);
  assert.equal((gap?.count ?? 0) + rest.length, 12);
  ring.push('y'.repeat(5000), false);
  assert.equal(ring.from(0).at(-1)?.json.length, 5000);
});

test('an acknowledgement within a gap keeps the gap', () => {
  const ring = new Ring(300);
  for (let n = 0; n < 6; n++) ring.push(event(n), false);
  const gap = ring.from(0)[0];
  assert.ok(gap && gap.count > 1);
  ring.acknowledge(1);
  assert.equal(ring.from(0)[0], gap);
  ring.acknowledge(gap.count);
  assert.equal(ring.start, gap.count);
});

test('frames hold every event once, in order', () => {
  const emoji = '😀'.repeat(700_000);
  const entries = [
    { seq: 3, json: '{"a":1}', count: 1, minor: false },
    { seq: 4, json: '{"a":2}', count: 1, minor: false },
    { seq: 5, json: '', count: 7, minor: false },
    { seq: 12, json: `x${emoji}`, count: 1, minor: false },
    { seq: 13, json: '{"a":3}', count: 1, minor: false },
  ];
  const frames = [...pack(entries)].map(({ text, end }) => {
    const [head, ...lines] = text.split('\n');
    return { head: JSON.parse(head ?? ''), lines, end };
  });
  const parts = frames.filter((f) => f.head.t === 'part');
  assert.deepEqual(frames[0]?.head, { t: 'events', seq: 3 });
  assert.deepEqual(frames[0]?.lines, ['{"a":1}', '{"a":2}']);
  assert.deepEqual(frames[1]?.head, { t: 'gap', seq: 5, count: 7, reason: 'dropped in the page' });
  assert.ok(parts.length > 1);
  assert.equal(parts.map((f) => f.lines[0]).join(''), `x${emoji}`);
  for (const f of parts) assert.ok(f.lines[0]?.isWellFormed());
  assert.deepEqual(
    parts.map((f) => f.head.piece),
    parts.map((_, i) => i),
  );
  assert.equal(parts.at(-1)?.head.last, true);
  assert.equal(frames.at(-1)?.end, 14);
});
