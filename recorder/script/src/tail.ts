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

/** The keys of a page's records: the page and their number. */
const range = (page: string) => IDBKeyRange.bound([page], [page, []]);

function request<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });
}

/** Keeps tails in IndexedDB, one for each page. Rejects where there is none. */
export class TailStore {
  private db?: Promise<IDBDatabase>;

  private async store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.db ??= this.open();
    return (await this.db).transaction(STORE, mode).objectStore(STORE);
  }

  private open(): Promise<IDBDatabase> {
    const opening = indexedDB.open('reelay', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    return request(opening);
  }

  /** Opens the database ahead of time: a page that goes away cannot wait for it. */
  async ready(): Promise<void> {
    await this.store('readonly');
  }

  async put(tail: Tail): Promise<void> {
    const { page } = tail.hello;
    const text = JSON.stringify(tail);
    const store = await this.store('readwrite');
    store.delete(range(page));
    for (let n = 0; n * RECORD < text.length; n++) {
      store.put(text.slice(n * RECORD, (n + 1) * RECORD), [page, n]);
    }
    // A page that goes away does not live to see its transaction commit itself.
    store.transaction.commit();
  }

  async delete(page: string): Promise<void> {
    await request((await this.store('readwrite')).delete(range(page)));
  }

  async all(): Promise<Tail[]> {
    const store = await this.store('readonly');
    const [keys, records] = await Promise.all([
      request(store.getAllKeys()),
      request<string[]>(store.getAll()),
    ]);
    const texts = new Map<IDBValidKey, string>();
    keys.forEach((key, i) => {
      const [page = ''] = key as string[];
      texts.set(page, (texts.get(page) ?? '') + records[i]);
    });
    return [...texts.values()].map((text) => JSON.parse(text));
  }
}
