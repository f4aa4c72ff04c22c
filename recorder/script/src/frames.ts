import type { Entry } from './ring';

/** A message is at most about this long, in UTF-16 code units. */
const MESSAGE = 256 * 1024;
/** A longer event goes in pieces of this length: under 4 MiB as UTF-8. */
const PIECE = 1024 * 1024;

export interface Hello {
  session: string;
  tab: string;
  page: string;
  /** Of privacy: a recorder that has become stricter takes nothing of this page. */
  level: string;
}

export function helloFrame(hello: Hello): string {
  return JSON.stringify({ t: 'hello', clock: Date.now(), ...hello });
}

export function byeFrame(seq: number): string {
  return JSON.stringify({ t: 'bye', seq });
}

export interface Frame {
  text: string;
  /** The number that the following frame goes on with. */
  end: number;
}

/** Packs entries, which follow each other, into messages of about that length. */
export function* pack(entries: Entry[], message = MESSAGE): Generator<Frame> {
  let lines: string[] = [];
  let first = 0;
  let size = 0;
  const batch = (): Frame => {
    const head = JSON.stringify({ t: 'events', seq: first });
    const frame = { text: `${head}\n${lines.join('\n')}`, end: first + lines.length };
    lines = [];
    size = 0;
    return frame;
  };
  for (const e of entries) {
    const alone = !e.json || e.json.length > PIECE;
    if (lines.length && (alone || size + e.json.length > message)) yield batch();
    if (!e.json) {
      const gap = { t: 'gap', seq: e.seq, count: e.count, reason: 'dropped in the page' };
      yield { text: JSON.stringify(gap), end: e.seq + e.count };
    } else if (alone) {
      yield* pieces(e);
    } else {
      if (!lines.length) first = e.seq;
      lines.push(e.json);
      size += e.json.length;
    }
  }
  if (lines.length) yield batch();
}

function* pieces(e: Entry): Generator<Frame> {
  let at = 0;
  for (let piece = 0; at < e.json.length; piece++) {
    let end = Math.min(at + PIECE, e.json.length);
    // Never between the halves of a surrogate pair: they would not survive.
    if ((e.json.charCodeAt(end - 1) & 0xfc00) === 0xd800 && end < e.json.length) end--;
    const last = end === e.json.length;
    const head = JSON.stringify({ t: 'part', seq: e.seq, piece, last });
    yield { text: `${head}\n${e.json.slice(at, end)}`, end: last ? e.seq + 1 : e.seq };
    at = end;
  }
}

/** Joins messages into the body of one request. */
export function join(frames: string[]): string {
  return frames.join('\n\x1e\n');
}
