/** A session ends after this long without an event, in milliseconds. */
const IDLE = 15 * 60_000;
/** A session is never longer than this, in milliseconds. */
const LONGEST = 60 * 60_000;

const KEY = 'reelay';

/** A fresh id. crypto.randomUUID is missing on plain http origins. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** A storage, or nothing where the page may not have one. */
function storage(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}

interface Kept {
  id: string;
  began: number;
  seen: number;
}

/** Keeps the session that the tabs of an origin share. */
export class SessionId {
  private kept: Kept;

  constructor(private readonly store = storage('localStorage')) {
    this.kept = this.join(Date.now());
  }

  get id(): string {
    return this.kept.id;
  }

  /** Notes activity. Returns true if the session had ended and a new one began. */
  touch(): boolean {
    const now = Date.now();
    const over = !alive(this.kept, now);
    if (over) this.kept = this.join(now);
    else if (now - this.kept.seen > 5000) this.kept = this.keep({ ...this.kept, seen: now });
    return over;
  }

  /** Leaves a session that the recorder takes no more of. Returns the id to go on with. */
  renew(over: string): string {
    if (this.kept.id === over) this.kept = this.join(Date.now(), over);
    return this.kept.id;
  }

  /** Takes up the session of the origin's other pages, or begins one for them. */
  private join(now: number, over?: string): Kept {
    const kept = this.read();
    const joins = kept && kept.id !== over;
    return this.keep({ ...(joins ? kept : { id: newId(), began: now }), seen: now });
  }

  /** Leaves the session for other pages, and returns it. */
  private keep(kept: Kept): Kept {
    try {
      this.store?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full or forbidden: the session is this page's alone.
    }
    return kept;
  }

  private read(): Kept | undefined {
    try {
      const kept: Kept = JSON.parse(this.store?.getItem(KEY) ?? '');
      return alive(kept, Date.now()) ? kept : undefined;
    } catch {
      return undefined;
    }
  }
}

function alive(kept: Kept, now: number): boolean {
  return (
    /^[\w-]{16,64}$/.test(kept.id) &&
    now >= kept.began - 1000 &&
    now - kept.began < LONGEST &&
    now - kept.seen < IDLE
  );
}

/**
 * The tab's id. A duplicated tab copies its storage, so that the id is taken
 * out of it while the page lives and put back when it goes.
 */
export function tabId(store = storage('sessionStorage')): string {
  const id = store?.getItem(KEY) ?? newId();
  store?.removeItem(KEY);
  return id;
}

/** Leaves the tab's id for the tab's next page. */
export function leaveTabId(id: string, store = storage('sessionStorage')): void {
  try {
    store?.setItem(KEY, id);
  } catch {
    // The next page is another tab then.
  }
}
