// The replay engine: rrweb's Replayer, applied one event at a time and without
// a clock. What moves by itself in rrweb's player (the pointer, scrolling,
// media, selections) is left to the caller, who knows the time.

import { Replayer } from '@rrweb/replay';
import { EventType, type eventWithTime, IncrementalSource, MouseInteractions } from '@rrweb/types';

/** The parts of the Replayer that its types keep private. */
interface Internals {
  iframe: HTMLIFrameElement;
  getCastFn(event: eventWithTime, isSync: boolean): () => void;
  applySelection(data: unknown): void;
  mediaManager: unknown;
}

/** Where a document's own origin lies in the page's viewport, in CSS pixels. */
export interface Base {
  x: number;
  y: number;
  scale: number;
}

/** Something that is built, so that it can be watched, replaced or labelled. */
export type OnBuild = (node: Node) => void;

export class Replay {
  readonly wrapper: HTMLElement;
  private readonly replayer: Replayer;
  private readonly inner: Internals;
  private hovered: Element[] = [];

  constructor(root: HTMLElement, startTime: number, styles: string[], onBuild: OnBuild) {
    const first = { type: EventType.Custom, data: { tag: '', payload: {} }, timestamp: startTime };
    this.replayer = new Replayer([first as eventWithTime], {
      root,
      liveMode: true,
      useVirtualDom: false,
      pauseAnimation: false,
      mouseTail: false,
      showWarning: false,
      insertStyleRules: styles,
      plugins: [{ onBuild: (node) => onBuild(node as Node) }],
    });
    this.inner = this.replayer as unknown as Internals;
    // rrweb's media manager plays on the wall clock; media.ts does it by time.
    this.inner.mediaManager = {
      reset() {},
      isSupportedMediaElement: () => false,
      addMediaElements() {},
      mediaMutation() {},
    };
    // A frame that can't be scrolled by hand is painted anew at each step.
    this.inner.iframe.setAttribute('scrolling', 'auto');
    this.wrapper = this.replayer.wrapper;
    this.replayer.startLive(startTime);
  }

  get document(): Document {
    return this.inner.iframe.contentDocument as Document;
  }

  node(id: number): Node | null {
    return this.replayer.getMirror().getNode(id);
  }

  /** The attributes that a node was recorded with, rrweb's own among them. */
  recorded(node: Node): Record<string, unknown> {
    const meta = this.replayer.getMirror().getMeta(node) as {
      attributes?: Record<string, unknown>;
    };
    return meta?.attributes ?? {};
  }

  destroy(): void {
    this.replayer.destroy();
  }

  /** Brings the DOM to the state right after event. */
  apply(event: eventWithTime): void {
    if (event.type === EventType.IncrementalSnapshot) {
      switch (event.data.source) {
        case IncrementalSource.Selection:
          this.inner.applySelection(event.data);
          return;
        case IncrementalSource.MouseInteraction:
          if (
            event.data.type !== MouseInteractions.Focus &&
            event.data.type !== MouseInteractions.Blur
          ) {
            return;
          }
          break;
        case IncrementalSource.CanvasMutation:
        case IncrementalSource.MediaInteraction:
          return;
      }
    }
    if (event.type === EventType.FullSnapshot) this.hovered = [];
    this.inner.getCastFn(event, true)();
  }

  /** Moves :hover, as rrweb marks it, to the node and what contains it. */
  hover(id: number): Element | null {
    const target = this.node(id);
    if (!target) return null;
    const chain: Element[] = [];
    const first =
      target.nodeType === Node.ELEMENT_NODE ? (target as Element) : target.parentElement;
    for (let el = first; el; el = el.parentElement) chain.push(el);
    const kept = new Set(chain);
    for (const el of this.hovered) {
      if (kept.has(el)) continue;
      el.classList.remove(':hover');
      if (el.classList.length === 0) el.removeAttribute('class'); // as it was, for :not([class])
    }
    for (const el of chain) if (!el.classList.contains(':hover')) el.classList.add(':hover');
    this.hovered = chain;
    return chain[0] ?? null;
  }

  /** Scrolls the node to (x, y) at once, whatever its scroll-behavior. */
  scroll(id: number, x: number, y: number): void {
    const target = this.node(id);
    if (!target) return;
    const options: ScrollToOptions = { left: x, top: y, behavior: 'instant' };
    if (target.nodeType === Node.DOCUMENT_NODE) {
      (target as Document).defaultView?.scrollTo(options);
    } else {
      (target as Element).scrollTo?.(options);
    }
  }

  /** The base of the node's document: pointer positions are relative to it. */
  base(id: number): Base {
    const node = this.node(id);
    const doc = node?.nodeType === Node.DOCUMENT_NODE ? (node as Document) : node?.ownerDocument;
    return doc ? this.baseOf(doc) : { x: 0, y: 0, scale: 1 };
  }

  /** The base of a document of the page. */
  baseOf(doc: Document): Base {
    const frame = doc.defaultView?.frameElement;
    if (!frame || frame === this.inner.iframe) return { x: 0, y: 0, scale: 1 };
    const outer = this.baseOf(frame.ownerDocument);
    const box = frame.getBoundingClientRect();
    const style = (frame.ownerDocument.defaultView as Window).getComputedStyle(frame);
    const scale =
      outer.scale * (frame.clientHeight ? box.height / (frame as HTMLElement).offsetHeight : 1);
    return {
      x: outer.x + (box.x + parseFloat(style.borderLeftWidth)) * outer.scale,
      y: outer.y + (box.y + parseFloat(style.borderTopWidth)) * outer.scale,
      scale,
    };
  }

  /** The page's document and those of its frames, outermost first. */
  documents(): Document[] {
    const all: Document[] = [];
    const visit = (doc: Document) => {
      all.push(doc);
      for (const frame of doc.querySelectorAll('iframe, frame')) {
        const inside = (frame as HTMLIFrameElement).contentDocument;
        if (inside) visit(inside);
      }
    };
    if (this.document) visit(this.document);
    return all;
  }
}
