import { byeFrame, type Frame, type Hello, helloFrame, join, pack } from './frames';
import { Ring } from './ring';
import type { Tail, TailStore } from './tail';

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
/** While there is no connection, events are written to the disk this often, in milliseconds. */
const KEEP_EVERY = 2000;
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
  /** The session that follows the one with that id, which has ended. */
  renew: (session: string) => string;
  /** Called when the session ended while this page was silent: it needs another stream. */
  ended: () => void;
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
  private kept = 0;
  private hello: Hello;

  /** With a tail, brings that and ends. */
  constructor(
    private readonly options: Options,
    private readonly tail?: Tail,
  ) {
    this.hello = options.hello;
    if (tail) this.ring.restore(tail.entries);
    this.connect();
  }

  /** Takes an event. Pointer paths are minor: they are dropped first. */
  push(event: object, minor: boolean): void {
    this.add(JSON.stringify(event), minor);
  }

  /** Takes note of an event that is not sent. */
  skip(): void {
    this.add('', true);
  }

  private add(json: string, minor: boolean): void {
    if (this.over) return;
    const lost = this.ring.push(json, minor);
    this.timer ??= setTimeout(() => this.flush(), GATHER);
    if (lost) this.options.lost();
  }

  /** Sends what is there, as far as the socket takes it. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { socket } = this;
    if (!socket || !this.ready) {
      const wait = this.kept + KEEP_EVERY - Date.now();
      if (wait > 0) this.timer = setTimeout(() => this.flush(), wait);
      else this.keep();
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
    const frames = [helloFrame(this.hello)];
    const { end } = this.ring;
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
    if (whole) frames.push(byeFrame(end));
    if (whole || frames.length > 1) {
      fetch(`${this.options.base}events`, { method: 'POST', body: join(frames), keepalive: true })
        .then((r) => r.json())
        .then(({ t, seq }) => /ack|ready/.test(t) && seq >= end && this.drop())
        .catch(() => undefined);
    }
    if (this.ring.start < end) this.keep(true);
    this.disconnect();
  }

  /** The page is back from the back/forward cache. */
  resume(): void {
    if (!this.over && !this.socket) this.connect();
  }

  /** Brings what other pages left behind. */
  async sendTails(): Promise<void> {
    const nothing = () => undefined;
    for (const tail of await this.options.tails.all()) {
      if (tail.hello.page === this.hello.page) continue;
      const { hello } = tail;
      const options = { ...this.options, hello, lost: nothing, stopped: nothing, ended: nothing };
      new Transport(options, tail);
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
    socket.onopen = () => socket.send(helloFrame(this.hello));
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
      this.end();
      this.options.stopped();
    } else if (t === 'over') {
      this.ended();
    }
  }

  /** Nothing more goes to the recorder. */
  private end(): void {
    this.over = true;
    this.disconnect();
    this.drop();
  }

  /** The recorder has handed the session on; what it has not got belongs to the next. */
  private ended(): void {
    if (this.tail) {
      this.end();
      return;
    }
    const session = this.options.renew(this.hello.session);
    if (this.ring.start > 0) {
      this.end();
      this.options.ended();
      return;
    }
    this.hello = { ...this.hello, session };
    this.disconnect();
    this.connect();
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
    if (this.ring.start < this.ring.end) return;
    this.drop();
    if (!this.tail) return;
    if (this.tail.left) this.socket?.send(byeFrame(seq));
    this.end();
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
    this.kept = Date.now();
    const entries = this.ring.from(this.ring.start);
    const tail = { hello: this.hello, entries, left: left || !!this.tail?.left };
    this.options.tails.put(tail).catch(() => undefined);
  }

  private drop(): void {
    if (!this.stored && !this.tail) return;
    this.stored = false;
    this.options.tails.delete(this.hello.page).catch(() => undefined);
  }
}
