import { byeFrame, type Frame, type Hello, helloFrame, join, pack } from './frames';
import { Ring } from './ring';
import type { TailStore } from './tail';

/** Unacknowledged events that are kept, in UTF-16 code units. */
const KEEP = 24 * 1024 * 1024;
/** How much may wait in the socket, in bytes. */
const WAITING = 4 * 1024 * 1024;
/** A keepalive request may carry 64 KiB; leave room for the other frames. */
const LAST_WORDS = 60 * 1024;
/** They go in small messages, so that as many as possible fit. */
const LAST_MESSAGE = 8 * 1024;
/** Events gather for this long before they are sent, in milliseconds. */
const GATHER = 150;
/** Delays between attempts to connect, in milliseconds. */
const RETRY_FIRST = 500;
const RETRY_MOST = 30_000;

export interface Options {
  hello: Hello;
  /** URL of the folder that the recorder answers in, ending in a slash. */
  base: string;
  tails: TailStore;
  /** Called when events were lost: only a fresh snapshot helps. */
  lost: () => void;
  /** Called when the recorder wants no more of this session. */
  stopped: () => void;
}

/** Brings events to the recorder, each until it is acknowledged. */
export class Transport {
  private readonly ring = new Ring(KEEP);
  private socket?: WebSocket;
  private ready = false;
  private sent = 0;
  /** What is being sent: a long event must go on where the socket was full. */
  private outbox?: Iterator<Frame>;
  private delay = RETRY_FIRST;
  private timer?: ReturnType<typeof setTimeout>;
  private retry?: ReturnType<typeof setTimeout>;
  private over = false;
  private stored = false;

  constructor(private readonly options: Options) {
    this.connect();
  }

  /** Takes an event. Pointer paths are minor: they are dropped first. */
  push(event: object, minor: boolean): void {
    if (this.over) return;
    const lost = this.ring.push(JSON.stringify(event), minor);
    this.timer ??= setTimeout(() => this.flush(), GATHER);
    if (lost) this.options.lost();
  }

  /** Sends what is there, as far as the socket takes it. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { socket } = this;
    if (!socket || !this.ready) {
      this.keep();
      return;
    }
    while (socket.bufferedAmount <= WAITING) {
      this.outbox ??= pack(this.ring.from(this.sent));
      const { value: frame, done } = this.outbox.next();
      if (done) {
        this.outbox = undefined;
        // What came meanwhile, if it is not acknowledged by another way.
        if (Math.max(this.sent, this.ring.start) >= this.ring.end) return;
        continue;
      }
      socket.send(frame.text);
      this.sent = frame.end;
    }
    this.timer = setTimeout(() => this.flush(), GATHER);
  }

  /**
   * The page goes away, maybe into the back/forward cache: nobody tells whether
   * it will come back, and if so its events take the good-bye back. The last
   * events travel in a request that outlives it; what does not fit, or does
   * not arrive, waits for the next page of this origin.
   */
  leave(): void {
    if (this.over) return;
    const { hello, base } = this.options;
    const frames = [helloFrame(hello)];
    let size = 0;
    let whole = true;
    for (const frame of pack(this.ring.from(this.ring.start), LAST_MESSAGE)) {
      size += new Blob([frame.text]).size;
      if (size > LAST_WORDS) {
        whole = false;
        break;
      }
      frames.push(frame.text);
    }
    if (whole) frames.push(byeFrame(this.ring.end));
    if (whole || frames.length > 1) {
      fetch(`${base}events`, { method: 'POST', body: join(frames), keepalive: true })
        .then((r) => r.ok && whole && this.drop())
        .catch(() => undefined);
    }
    if (this.ring.start < this.ring.end) this.keep(true);
    this.disconnect();
  }

  /** The page is back from the back/forward cache. */
  resume(): void {
    if (!this.over && !this.socket) this.connect();
  }

  /** Sends what other pages left behind. */
  async sendTails(): Promise<void> {
    const { tails, base, hello } = this.options;
    for (const tail of await tails.all()) {
      if (tail.hello.page === hello.page) continue;
      const frames = [helloFrame(tail.hello), ...[...pack(tail.entries)].map((f) => f.text)];
      const end = tail.entries.reduce((n, e) => Math.max(n, e.seq + e.count), 0);
      if (tail.left) frames.push(byeFrame(end));
      const answer = await fetch(`${base}events`, { method: 'POST', body: join(frames) });
      const { t, seq } = await answer.json();
      if (t === 'stop' || (t === 'ack' && seq >= end)) await tails.delete(tail.hello.page);
    }
  }

  private connect(): void {
    this.retry = undefined;
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${this.options.base.replace(/^http/, 'ws')}socket`);
    } catch {
      return; // A policy forbids it; leave() still has its request.
    }
    this.socket = socket;
    socket.onopen = () => socket.send(helloFrame(this.options.hello));
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    socket.onclose = () => {
      if (this.socket === socket) this.reconnect();
    };
  }

  private receive({ t, seq }: { t: string; seq: number }): void {
    if (t === 'ready') {
      // Also the answer to events that follow a hole: go back to it.
      this.delay = RETRY_FIRST;
      this.ready = true;
      this.acknowledge(seq);
      this.sent = seq;
      this.outbox = undefined;
      this.bridge(seq);
      this.flush();
    } else if (t === 'ack') {
      this.acknowledge(seq);
    } else if (t === 'hold') {
      this.delay = RETRY_MOST / 6;
    } else if (t === 'stop') {
      this.over = true;
      this.disconnect();
      this.drop();
      this.options.stopped();
    }
  }

  /** Says which events the recorder lacks and nobody has any more. */
  private bridge(seq: number): void {
    const count = this.ring.start - seq;
    if (count <= 0) return;
    this.socket?.send(JSON.stringify({ t: 'gap', seq, count, reason: 'recorder lost them' }));
    this.sent = seq + count;
    this.options.lost();
  }

  private acknowledge(seq: number): void {
    this.ring.acknowledge(seq);
    if (this.stored && this.ring.start === this.ring.end) this.drop();
  }

  private reconnect(): void {
    this.socket = undefined;
    this.ready = false;
    this.keep();
    if (this.over) return;
    const wait = this.delay * (0.5 + Math.random());
    this.delay = Math.min(this.delay * 2, RETRY_MOST);
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    clearTimeout(this.retry);
    this.timer = undefined;
    const { socket } = this;
    this.socket = undefined;
    this.ready = false;
    socket?.close();
  }

  /** Writes the unacknowledged events where a crash of the page leaves them. */
  private keep(left = false): void {
    if (this.over) return;
    this.stored = true;
    const { hello, tails } = this.options;
    tails.put({ hello, entries: this.ring.from(this.ring.start), left }).catch(() => undefined);
  }

  private drop(): void {
    if (!this.stored) return;
    this.stored = false;
    this.options.tails.delete(this.options.hello.page).catch(() => undefined);
  }
}
