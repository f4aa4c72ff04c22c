/** An event that is not acknowledged, or a run of events that were dropped. */
export interface Entry {
  seq: number;
  /** The event as JSON; empty for events that were dropped. */
  json: string;
  /** How many sequence numbers the entry stands for. */
  count: number;
  /** Whether it can be missed: a pointer's path. */
  minor: boolean;
}

/**
 * Events that are not acknowledged, in order and bounded. What does not fit is
 * dropped, pointer paths first, and its numbers stay as a gap.
 */
export class Ring {
  private entries: Entry[] = [];
  private next = 0;
  private size = 0;

  /** limit is in UTF-16 code units. */
  constructor(private readonly limit: number) {}

  /** Takes up what another ring held. */
  restore(entries: Entry[]): void {
    this.entries = [...entries];
    this.next = entries.reduce((n, e) => Math.max(n, e.seq + e.count), 0);
    this.size = entries.reduce((n, e) => n + e.json.length, 0);
  }

  /** The number that the next event gets. */
  get end(): number {
    return this.next;
  }

  /** The number of the oldest event that is kept. */
  get start(): number {
    return this.entries[0]?.seq ?? this.next;
  }

  /**
   * Adds an event. Returns true if events other than pointer paths were lost,
   * which only a fresh snapshot makes good.
   */
  push(json: string, minor: boolean): boolean {
    this.entries.push({ seq: this.next++, json, count: 1, minor });
    this.size += json.length;
    if (this.size <= this.limit) return false;
    this.drop((e) => e.minor);
    if (this.size <= this.limit) return false;
    // The latest event stays whatever its size, or a large page could never
    // be recorded.
    const last = this.next - 1;
    this.drop((e) => e.seq !== last);
    return true;
  }

  private drop(unwanted: (e: Entry) => boolean): void {
    const kept: Entry[] = [];
    for (const e of this.entries) {
      const before = kept[kept.length - 1];
      if (e.json && !unwanted(e)) {
        kept.push(e);
        continue;
      }
      this.size -= e.json.length;
      if (before && !before.json) before.count += e.count;
      else kept.push({ seq: e.seq, json: '', count: e.count, minor: false });
    }
    this.entries = kept;
  }

  /** Forgets every event before seq. */
  acknowledge(seq: number): void {
    let n = 0;
    for (const e of this.entries) {
      if (e.seq + e.count > seq) break;
      this.size -= e.json.length;
      n++;
    }
    this.entries.splice(0, n);
  }

  /** The entries that hold events from seq on. */
  from(seq: number): Entry[] {
    const i = this.entries.findIndex((e) => e.seq + e.count > seq);
    return i < 0 ? [] : this.entries.slice(i);
  }
}
