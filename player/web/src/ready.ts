// What a picture has to wait for: style sheets, images and fonts that are on
// their way. Every wait ends at its deadline.

export class Pending {
  private waits = new Set<Promise<unknown>>();

  /** Adds the element's load to what the next picture waits for. */
  watch(element: Element): void {
    if (element instanceof Object && isLoading(element)) {
      this.waits.add(
        new Promise((resolve) => {
          element.addEventListener('load', resolve, { once: true });
          element.addEventListener('error', resolve, { once: true });
        }),
      );
    }
  }

  /**
   * Resolves when all that was watched, the documents' fonts and the given
   * addresses have arrived or failed; false when the deadline (ms) came first.
   */
  async settle(documents: Document[], urls: string[], deadline: number): Promise<boolean> {
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), deadline));
    const waits = [...this.waits];
    this.waits.clear();
    for (const doc of documents) {
      if (doc.fonts.status === 'loading') waits.push(doc.fonts.ready);
      if (urls.length > 0) waits.push(fetched(doc.defaultView as typeof globalThis & Window, urls));
    }
    if (waits.length === 0) return true;
    return Promise.race([Promise.all(waits).then(() => true), late]);
  }
}

function isLoading(element: Element): boolean {
  switch (element.localName) {
    case 'img':
      return !(element as HTMLImageElement).complete;
    case 'link': {
      const link = element as HTMLLinkElement;
      return (
        link.relList.contains('stylesheet') && link.href !== '' && !link.sheet && !link.disabled
      );
    }
    default:
      return false;
  }
}

/** Resolves when those of the addresses that the window asked for are in. */
function fetched(view: typeof globalThis & Window, urls: string[]): Promise<void> {
  const open = new Set(urls.filter((url) => view.performance.getEntriesByName(url).length === 0));
  return new Promise((resolve) => {
    if (open.size === 0) return resolve();
    const observer = new view.PerformanceObserver((list) => {
      for (const entry of list.getEntries()) open.delete(entry.name);
      if (open.size === 0) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe({ type: 'resource', buffered: true });
  });
}
