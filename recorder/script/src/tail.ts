import type { Hello } from './frames';
import type { Entry } from './ring';

/** Events of a page that went away before they were acknowledged. */
export interface Tail {
  hello: Hello;
  entries: Entry[];
  left: boolean;
}

const STORE = 'tails';

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
    await request((await this.store('readwrite')).put(tail, tail.hello.page));
  }

  async delete(page: string): Promise<void> {
    await request((await this.store('readwrite')).delete(page));
  }

  async all(): Promise<Tail[]> {
    return request((await this.store('readonly')).getAll());
  }
}
