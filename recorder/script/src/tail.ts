import type { Hello } from './frames';
import type { Entry } from './ring';

/** Events of a page that went away before they were acknowledged. */
export interface Tail {
  hello: Hello;
  entries: Entry[];
  left: boolean;
}

const STORE = 'tails';

/**
 * Length of a record, in UTF-16 code units. Of values from 64 KiB on, Chrome
 * fetches the content after the request, from a page that may be gone by then.
 */
const RECORD = 16 * 1024;

/**
 * What a page leaves goes to its origin's local storage too, up to this length,
 * in UTF-16 code units: Chrome aborts the transactions of a page that is gone if
 * a busy machine has not come to them.
 */
const RESCUE = 512 * 1024;
const KEY = 'reelay.tail.';

/** The keys of a page's records: the page and their number. */
const range = (page: string) => IDBKeyRange.bound([page], [page, []]);

function request<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });
}

/** Keeps tails in IndexedDB, those of each page. Rejects where there is none. */
export class TailStore {
  private opening?: Promise<void>;
  private db?: IDBDatabase;

  /** Opens the database ahead of time: a page that goes away cannot wait for it. */
  ready(): Promise<void> {
    this.opening ??= this.open();
    return this.opening;
  }

  private async open(): Promise<void> {
    const opening = indexedDB.open('reelay', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    this.db = await request(opening);
  }

  /**
   * A transaction is used where it is begun: as a page goes away, it is over
   * before anything that was waited for goes on.
   */
  private async within<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => T): Promise<T> {
    if (!this.db) await this.ready();
    const transaction = (this.db as IDBDatabase).transaction(STORE, mode);
    const result = use(transaction.objectStore(STORE));
    // Such a page does not live to see it commit itself, either.
    transaction.commit();
    return result;
  }

  async put(tail: Tail): Promise<void> {
    const { page } = tail.hello;
    const text = JSON.stringify(tail);
    if (tail.left && text.length < RESCUE) rescue((storage) => storage.setItem(KEY + page, text));
    await this.within('readwrite', (store) => {
      store.delete(range(page));
      for (let n = 0; n * RECORD < text.length; n++) {
        store.put(text.slice(n * RECORD, (n + 1) * RECORD), [page, n]);
      }
    });
  }

  async delete(page: string): Promise<void> {
    rescue((storage) => storage.removeItem(KEY + page));
    await this.within('readwrite', (store) => request(store.delete(range(page))));
  }

  async all(): Promise<Tail[]> {
    const [keys, records] = await this.within('readonly', (store) =>
      Promise.all([request(store.getAllKeys()), request<string[]>(store.getAll())]),
    );
    const texts = new Map<string, string>();
    keys.forEach((key, i) => {
      const [page = ''] = key as string[];
      texts.set(page, (texts.get(page) ?? '') + records[i]);
    });
    rescue((storage) => {
      for (const [key, text] of Object.entries(storage)) {
        if (key.startsWith(KEY)) texts.set(key.slice(KEY.length), text);
      }
    });
    return [...texts.values()].map((text) => JSON.parse(text));
  }
}

/** Uses the origin's local storage, where the page may have one. */
function rescue(use: (storage: Storage) => void): void {
  try {
    use(localStorage);
  } catch {
    // Full or forbidden.
  }
}
