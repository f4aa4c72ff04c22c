// What a picture has to wait for: style sheets, images and fonts that are on
// their way. Every wait ends at its deadline.

export class Pending {
  private loads = new Map<string, Promise<unknown>>();

  /** Adds the element's load to what the next picture waits for. */
  watch(element: Element): void {
    if (!isLoading(element)) return;
    const load = new Promise((resolve) => {
      element.addEventListener('load', resolve, { once: true });
      element.addEventListener('error', resolve, { once: true });
    });
    this.loads.set(address(element), load);
  }

  /**
   * Resolves when all that was watched, the documents' fonts and the given
   * addresses have arrived or failed, or when the deadline (ms) has passed;
   * then to the addresses of what is still on its way.
   */
  async settle(documents: Document[], urls: string[], deadline: number): Promise<string[]> {
    const loads = new Map(this.loads);
    this.loads.clear();
    for (const doc of documents) {
      if (doc.fonts.status === 'loading') loads.set(`fonts of ${doc.title}`, doc.fonts.ready);
    }
    for (const url of urls) loads.set(url, fetched(documents, url));
    if (loads.size === 0) return [];
    const open = new Set(loads.keys());
    const all = [...loads].map(([url, load]) => load.then(() => open.delete(url)));
    const late = new Promise((resolve) => setTimeout(resolve, deadline));
    await Promise.race([Promise.all(all), late]);
    return [...open];
  }
}

function address(element: Element): string {
  return element.getAttribute('src') ?? element.getAttribute('href') ?? element.localName;
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

/** Resolves when one of the documents has received, or failed to, the address. */
function fetched(documents: Document[], url: string): Promise<void> {
  return new Promise((resolve) => {
    for (const doc of documents) {
      const view = doc.defaultView as typeof globalThis & Window;
      if (view.performance.getEntriesByName(url).length > 0) return resolve();
      const observer = new view.PerformanceObserver((list) => {
        if (list.getEntriesByName(url).length === 0) return;
        observer.disconnect();
        resolve();
      });
      observer.observe({ type: 'resource' });
    }
  });
}
