// The replay engine: rrweb's Replayer, applied one event at a time and without
// a clock. What moves by itself in rrweb's player (the pointer, scrolling,
// media, selections) is left to the caller, who knows the time.

import { Replayer } from '@rrweb/replay';
import { EventType, type eventWithTime, IncrementalSource, MouseInteractions } from '@rrweb/types';
import { Captures } from './captures';
import { followHover } from './hover';
import { around, isShadow } from './label';

/** The parts of the Replayer that its types keep private. */
interface Internals {
  iframe: HTMLIFrameElement;
  getCastFn(event: eventWithTime, isSync: boolean): () => void;
  applySelection(data: unknown): void;
  styleMirror: { getStyle(id: number): CSSStyleSheet | null };
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

/** The members of rrweb's StyleSheetRule data that bring rules. */
interface StyleSheetChange {
  id?: number;
  styleId?: number | null;
  adds?: { rule: string }[];
  replace?: string;
  replaceSync?: string;
}

/** What our recorder notes of a popover, as the payload of a custom event. */
interface Popover {
  id: number;
  open: boolean;
}

const PRESSES = new Set<MouseInteractions>([
  MouseInteractions.MouseDown,
  MouseInteractions.MouseUp,
  MouseInteractions.TouchStart,
  MouseInteractions.TouchEnd,
]);

/** How long after a press, in ms, focus still comes from it. */
const BY_POINTER = 300;

/** Fields that show their focus however they got it. */
const TYPED =
  'textarea, input:not([type="button"], [type="submit"], [type="reset"], [type="image"], [type="checkbox"], [type="radio"], [type="range"], [type="color"], [type="file"])';

export class Replay {
  readonly wrapper: HTMLElement;
  /** The shadow trees of the page and its frames. */
  readonly shadows = new Set<ShadowRoot>();
  readonly captures = new Captures();
  private readonly replayer: Replayer;
  private readonly inner: Internals;
  private hovered = new Set<Element>();
  private readonly built = new WeakSet<Node>();
  private readonly onBuild: OnBuild;
  private readonly scrolled = new Map<Node, [x: number, y: number]>();
  private pressed = 0; // when a button or finger went down or up last, ms since 1970

  constructor(root: HTMLElement, startTime: number, styles: string[], onBuild: OnBuild) {
    this.onBuild = onBuild;
    const first = { type: EventType.Custom, data: { tag: '', payload: {} }, timestamp: startTime };
    this.replayer = new Replayer([first as eventWithTime], {
      root,
      liveMode: true,
      useVirtualDom: false,
      pauseAnimation: false,
      mouseTail: false,
      showWarning: false,
      insertStyleRules: styles,
      plugins: [{ onBuild: (node) => this.build(node as Node) }],
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

  private build(node: Node): void {
    this.built.add(node);
    // A component that came alive late gets its shadow tree with a child of it.
    for (const root of [(node as Element).shadowRoot, node.getRootNode()])
      if (root && isShadow(root)) this.shadows.add(root);
    const { rr_scrollLeft: x, rr_scrollTop: y } = this.recorded(node);
    if (x || y) this.scrolled.set(node, [Number(x ?? 0), Number(y ?? 0)]);
    this.onBuild(node);
  }

  /** Brings the DOM to the state right after event. */
  apply(event: eventWithTime): void {
    if (event.type === EventType.IncrementalSnapshot) {
      switch (event.data.source) {
        case IncrementalSource.Selection:
          this.inner.applySelection(event.data);
          return;
        case IncrementalSource.MouseInteraction:
          if (PRESSES.has(event.data.type)) this.pressed = event.timestamp;
          if (event.data.type === MouseInteractions.Focus)
            this.focus(event.data.id, event.timestamp - this.pressed <= BY_POINTER);
          if (event.data.type !== MouseInteractions.Blur) return;
          break;
        case IncrementalSource.Mutation:
          this.inner.getCastFn(event, true)();
          // rrweb says nothing of nodes that recorders before 1.0 added before
          // their siblings.
          for (const { node } of event.data.adds) {
            const made = this.node(node.id);
            if (made && !this.built.has(made)) this.build(made);
          }
          return;
        case IncrementalSource.StyleSheetRule:
          this.inner.getCastFn(restyled(event, event.data), true)();
          this.followHover(event.data);
          return;
        case IncrementalSource.AdoptedStyleSheet:
          this.inner.getCastFn(event, true)();
          for (const { styleId, rules } of event.data.styles ?? [])
            this.followHover({ styleId, adds: rules });
          return;
        case IncrementalSource.CanvasMutation:
        case IncrementalSource.MediaInteraction:
          return;
      }
    }
    if (event.type === EventType.Custom) {
      this.toggle(event.data.payload as Popover);
      return;
    }
    if (event.type === EventType.FullSnapshot) {
      this.hovered = new Set();
      this.shadows.clear();
      this.scrolled.clear();
      this.captures.reset();
    }
    this.inner.getCastFn(event, true)();
    if (event.type === EventType.FullSnapshot) {
      const { left = 0, top = 0 } = event.data.initialOffset ?? {};
      this.scrollTo(this.document, left, top);
    }
  }

  /** Opens or closes a popover, whatever it did by itself so far. */
  private toggle({ id, open }: Popover): void {
    const popover = this.node(id) as HTMLElement | null;
    if (!popover?.popover || popover.matches(':popover-open') === open) return;
    if (open) popover.showPopover();
    else popover.hidePopover();
  }

  /** Gives the node focus; by a pointer only text fields show it. */
  private focus(id: number, byPointer: boolean): void {
    const element = this.node(id) as HTMLElement | null;
    if (!element?.focus) return;
    const typed = element.isContentEditable || element.matches(TYPED);
    element.focus({ preventScroll: true, focusVisible: typed || !byPointer } as FocusOptions);
  }

  private followHover({ id, styleId, adds, replace, replaceSync }: StyleSheetChange): void {
    const rules = [...(adds ?? []).map(({ rule }) => rule), replace ?? '', replaceSync ?? ''];
    if (!rules.some((rule) => rule.includes(':hover'))) return;
    const owner = id ? (this.node(id) as HTMLStyleElement | null) : null;
    followHover(styleId ? this.inner.styleMirror.getStyle(styleId) : (owner?.sheet ?? null));
  }

  /**
   * Moves :hover, as rrweb marks it, to the node and what contains it. Returns
   * the element, and those that hover came to or went from; null without a node.
   */
  hover(id: number): { element: Element | null; touched: Set<Element> } | null {
    const target = this.node(id);
    if (!target) return null;
    const first =
      target.nodeType === Node.ELEMENT_NODE ? (target as Element) : target.parentElement;
    const chain = new Set<Element>();
    for (let el = first; el; el = around(el)) chain.add(el);
    const touched = new Set([...chain].filter((el) => !this.hovered.has(el)));
    for (const el of this.hovered) {
      if (chain.has(el)) continue;
      touched.add(el);
      el.classList.remove(':hover');
      if (el.classList.length === 0) el.removeAttribute('class'); // as it was, for :not([class])
    }
    this.hovered = chain;
    for (const el of chain) this.keepHover(el);
    return { element: first, touched };
  }

  /** Marks the element again, if it is hovered, after its classes changed. */
  keepHover(element: Element): void {
    if (!this.hovered.has(element) || element.classList.contains(':hover')) return;
    element.classList.add(':hover');
  }

  /** Scrolls the node to (x, y) at once, whatever its scroll-behavior. */
  scroll(id: number, x: number, y: number): void {
    const target = this.node(id);
    if (target) this.scrollTo(target, x, y);
  }

  /** Scrolls again where content that has arrived since was in want to get there. */
  scrollAgain(): void {
    for (const [target, [x, y]] of this.scrolled) this.scrollTo(target, x, y);
  }

  /** Forgets what was scrolled so far: it is where it was wanted. */
  forgetScrolls(): void {
    this.scrolled.clear();
  }

  private scrollTo(target: Node, x: number, y: number): void {
    this.scrolled.set(target, [x, y]);
    const options: ScrollToOptions = { left: x, top: y, behavior: 'instant' };
    if (target.nodeType === Node.DOCUMENT_NODE) {
      (target as Document).defaultView?.scrollTo(options);
    } else {
      // The stage's styles do not reach into a shadow tree.
      if ('host' in target.getRootNode()) {
        (target as HTMLElement).style.setProperty('scroll-snap-type', 'none', 'important');
      }
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
      const trees = [...this.shadows].filter((shadow) => shadow.ownerDocument === doc);
      for (const frame of [doc, ...trees].flatMap((tree) => [
        ...tree.querySelectorAll<HTMLIFrameElement>('iframe, frame'),
      ])) {
        if (frame.contentDocument) visit(frame.contentDocument);
      }
    };
    if (this.document) visit(this.document);
    return all;
  }
}

/** A style sheet is replaced at once: the asynchronous way keeps a time of its own. */
function restyled(event: eventWithTime, data: StyleSheetChange): eventWithTime {
  if (data.replace === undefined) return event;
  const { replace, ...rest } = data;
  return { ...event, data: { ...rest, replaceSync: replace } } as eventWithTime;
}
