import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SessionId } from './ids';

class Memory {
  private readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

/** Runs body with a clock that goes on by a millisecond whenever it is read. */
function ticking(body: (skip: (ms: number) => void) => void): void {
  let now = 1_700_000_000_000;
  const clock = mock.method(Date, 'now', () => now++);
  try {
    body((ms) => {
      now += ms;
    });
  } finally {
    clock.mock.restore();
  }
}

test('a page that follows at once is of the same session, however slow the first began', () => {
  ticking(() => {
    const store = new Memory() as unknown as Storage;
    const first = new SessionId(store);
    assert.equal(new SessionId(store).id, first.id);
  });
});

test('activity keeps a session alive for other pages, and idleness ends it', () => {
  ticking((skip) => {
    const store = new Memory() as unknown as Storage;
    const first = new SessionId(store);
    for (let n = 0; n < 3; n++) {
      skip(10 * 60_000);
      assert.equal(first.touch(), false);
    }
    const second = new SessionId(store);
    assert.equal(second.id, first.id);
    skip(15 * 60_000);
    assert.equal(first.touch(), true);
    assert.notEqual(first.id, second.id);
    assert.equal(second.touch(), true);
    assert.equal(second.id, first.id);
  });
});

test('a session ends after an hour of activity', () => {
  ticking((skip) => {
    const session = new SessionId(new Memory() as unknown as Storage);
    let ended = 0;
    for (let n = 0; n < 7; n++) {
      skip(10 * 60_000);
      if (session.touch()) ended++;
    }
    assert.equal(ended, 1);
  });
});
