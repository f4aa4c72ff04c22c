import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { TailStore } from './tail';
import { Transport } from './transport';

/** A socket that notes what is sent and lets the test speak for the recorder. */
class FakeSocket {
  static all: FakeSocket[] = [];
  bufferedAmount = 0;
  sent: string[] = [];
  onopen?: () => void;
  onmessage?: (e: { data: string }) => void;
  onclose?: () => void;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.onclose?.();
  }

  hear(t: string, seq = 0): void {
    this.onmessage?.({ data: JSON.stringify({ t, seq }) });
  }
}

const hello = {
  session: 's'.repeat(16),
  tab: 't'.repeat(16),
  page: 'p'.repeat(16),
  level: 'standard',
};
let calls: { lost: number; stopped: number; ended: number };
let posts: string[];
let tails: TailStore;

function transport(): Transport {
  return new Transport({
    hello,
    base: 'https://a.test/.reelay/',
    tails,
    lost: () => calls.lost++,
    stopped: () => calls.stopped++,
    renew: () => 'n'.repeat(16),
    ended: () => calls.ended++,
  });
}

const socket = () => FakeSocket.all.at(-1) as FakeSocket;
const heads = (frames: string[]) => frames.map((f) => JSON.parse(f.split('\n')[0] ?? ''));
const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

beforeEach(async () => {
  FakeSocket.all = [];
  calls = { lost: 0, stopped: 0, ended: 0 };
  posts = [];
  tails = new TailStore();
  for (const { hello: h } of await tails.all()) await tails.delete(h.page);
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    fetch: async (_: string, { body }: { body: string }) => {
      posts.push(body);
      return { json: async () => ({ t: 'ack', seq: 1 }) };
    },
  });
});

afterEach(() => mock.timers.reset());

test('events are sent when the recorder is ready, and again after a break', () => {
  const t = transport();
  assert.equal(socket().url, 'wss://a.test/.reelay/socket');
  t.push({ n: 0 }, false);
  socket().onopen?.();
  assert.equal(heads(socket().sent)[0].t, 'hello');
  socket().hear('ready', 0);
  t.push({ n: 1 }, false);
  t.flush();
  assert.deepEqual(heads(socket().sent).slice(1), [
    { t: 'events', seq: 0 },
    { t: 'events', seq: 1 },
  ]);
  socket().hear('ack', 1);

  socket().close();
  mock.timers.tick(1000);
  assert.equal(FakeSocket.all.length, 2);
  socket().onopen?.();
  socket().hear('ready', 1);
  assert.deepEqual(heads(socket().sent).slice(1), [{ t: 'events', seq: 1 }]);
});

test('a recorder that lost acknowledged events is told of the gap', () => {
  const t = transport();
  socket().hear('ready', 0);
  for (let n = 0; n < 3; n++) t.push({ n }, false);
  t.flush();
  socket().hear('ack', 3);
  socket().close();
  mock.timers.tick(1000);
  socket().hear('ready', 0);
  const [gap] = heads(socket().sent);
  assert.deepEqual([gap.t, gap.seq, gap.count], ['gap', 0, 3]);
  assert.equal(calls.lost, 1);
});

test('a socket that does not drain holds the events back', () => {
  const t = transport();
  socket().hear('ready', 0);
  socket().bufferedAmount = 5 << 20;
  t.push({ n: 0 }, false);
  t.flush();
  assert.equal(socket().sent.length, 0);
  socket().bufferedAmount = 0;
  mock.timers.tick(200);
  assert.equal(socket().sent.length, 1);
});

test('a long event goes on where the socket was full', () => {
  const t = transport();
  const fake = socket();
  fake.hear('ready', 0);
  fake.send = (text) => {
    fake.sent.push(text);
    fake.bufferedAmount += text.length;
  };
  t.push({ text: 'x'.repeat(12 << 20) }, false);
  t.push({ n: 1 }, false);
  for (let round = 0; round < 10; round++) {
    mock.timers.tick(200);
    fake.bufferedAmount = 0;
  }
  const parts = heads(fake.sent).filter((h) => h.t === 'part');
  assert.deepEqual(
    parts.map((h) => h.piece),
    parts.map((_, i) => i),
  );
  assert.ok(parts.length > 10);
  assert.deepEqual(heads(fake.sent).at(-1), { t: 'events', seq: 1 });
});

test('a page that goes away sends its last events and says good-bye', async () => {
  const t = transport();
  socket().hear('ready', 0);
  t.push({ n: 0 }, false);
  t.push({ n: 1 }, false);
  t.leave();
  const frames = posts[0]?.split('\n\x1e\n') ?? [];
  assert.deepEqual(
    heads(frames).map((h) => h.t),
    ['hello', 'events', 'bye'],
  );
  assert.equal(heads(frames)[2].seq, 2);
  t.resume();
  assert.equal(FakeSocket.all.length, 2);
});

test('what does not fit into the last request waits for the next page', async () => {
  const t = transport();
  t.push({ n: 0 }, false);
  t.flush();
  t.push({ text: 'x'.repeat(100_000) }, false);
  t.leave();
  await settle();
  mock.timers.reset();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const kept = await tails.all();
  assert.equal(kept.length, 1);
  assert.equal(kept[0]?.left, true);

  const next = new Transport({
    hello: { ...hello, page: 'q'.repeat(16) },
    base: 'https://a.test/.reelay/',
    tails,
    lost: () => undefined,
    stopped: () => undefined,
    renew: () => 'n'.repeat(16),
    ended: () => undefined,
  });
  await next.sendTails();
  const bearer = socket();
  bearer.onopen?.();
  bearer.hear('ready', 0);
  assert.deepEqual(
    heads(bearer.sent).map((h) => [h.t, h.page ?? h.seq]),
    [
      ['hello', hello.page],
      ['events', 0],
    ],
  );
  bearer.hear('ack', 2);
  assert.equal(heads(bearer.sent).at(-1).t, 'bye');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await tails.all()).length, 0);
  next.leave();
});

test('a page that comes to a session which has ended takes its events to the next', () => {
  const t = transport();
  t.push({ n: 0 }, false);
  socket().onopen?.();
  socket().hear('over');
  assert.equal(FakeSocket.all.length, 2);
  socket().onopen?.();
  socket().hear('ready', 0);
  const [first, second] = heads(socket().sent);
  assert.equal(first.session, 'n'.repeat(16));
  assert.deepEqual(second, { t: 'events', seq: 0 });
  assert.equal(calls.ended, 0);
});

test('a stream whose session has ended is left for another', () => {
  const t = transport();
  t.push({ n: 0 }, false);
  socket().hear('ready', 0);
  socket().hear('ack', 1);
  socket().close();
  mock.timers.tick(1000);
  socket().hear('over');
  assert.equal(calls.ended, 1);
});

test('without a connection the events are written to the disk now and then', async () => {
  let writes = 0;
  const put = tails.put.bind(tails);
  tails.put = (tail) => {
    writes++;
    return put(tail);
  };
  const t = transport();
  for (let n = 0; n < 20; n++) {
    t.push({ n }, false);
    mock.timers.tick(200);
  }
  assert.ok(writes >= 2 && writes <= 4, `${writes} writes in 4 s`);
});

test('a session that is full ends the recording', () => {
  const t = transport();
  socket().hear('ready', 0);
  socket().hear('stop');
  assert.equal(calls.stopped, 1);
  const before = FakeSocket.all.length;
  t.push({ n: 0 }, false);
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.all.length, before);
});
