// The renderer's page. It holds the replayed document and brings it, on the
// renderer's word, to the state of a given time; pictures are taken from outside.

import {
  EventType,
  type eventWithTime,
  IncrementalSource,
  MouseInteractions,
  type mediaInteractionData,
} from '@rrweb/types';
import { Animations } from './animations';
import type { Captured } from './captures';
import { steadyClock } from './clock';
import { Content, type Note } from './content';
import { cursor } from './cursor';
import { Expanse, type Measure } from './expanse';
import { HoverRules } from './hoverrules';
import { label, meant } from './label';
import type { Op, Options, Result } from './protocol';
import { Redaction, unreadable } from './redact';
import { Replay } from './replay';
import { isSecret } from './secret';
import { Sound } from './sound';
import { type Deed, locate, section, type Target } from './target';

/** Styles are flushed at least this often (ms), as a live page's frames do. */
const FLUSH = 16;

const STYLES = [
  // What was scrolled has found its place.
  '* { scroll-snap-type: none !important; }',
  // A caret blinks on the wall clock, which redraws its surroundings even where it
  // can't be seen, and so do the controls that Chrome gives to video in documents
  // without script.
  '* { caret-color: transparent !important; caret-animation: manual !important; }',
  'video::-webkit-media-controls { display: none !important; }',
];

class Stage {
  private readonly replays = new Map<number, Replay>();
  private readonly animations = new Animations();
  private readonly hoverRules = new HoverRules();
  private readonly sound = new Sound();
  private readonly redaction: Redaction;
  private readonly content: Content;
  private readonly options: Options;
  private readonly documents = new Map<Replay, Document[]>();
  private current: Replay | undefined;
  private notes: Note[] = [];
  private now = 0;
  private moving = false;
  private committed: Promise<void> | undefined;
  private readonly channel = new MessageChannel();
  private expanse: Expanse | undefined;

  constructor(options: Options) {
    this.options = options;
    this.redaction = new Redaction(options.redact);
    this.content = new Content(options.deadline, (kind, url) => this.note(kind, url));
    steadyClock();
  }

  /**
   * Applies the operations, in order, and brings everything to time now. before
   * is the time of the tick before: animations are there when the first
   * operation comes, whether or not that tick was a step of its own. drawing
   * says that the last step's picture is being drawn: it is left to be.
   */
  async step(ops: Op[], before: number, now: number, drawing: boolean): Promise<Result> {
    if (drawing) await this.committed;
    this.current?.forgetScrolls();
    const result: Result = { until: 0 };
    this.reveal(this.current);
    if (this.moving && before > this.now) this.animate(before, false);
    let flushed = before;
    let changed = false;
    const moved = this.moving;
    for (const op of ops) {
      if (changed && op.t - flushed > FLUSH) {
        this.refresh();
        this.animate(this.now, true);
        flushed = op.t;
      }
      this.now = op.t;
      if ('e' in op) changed = this.attempt(op.e, op.w, result) || changed;
      else changed = this.gesture(op, result) || changed;
    }
    if (changed) {
      this.refresh();
      this.animate(this.now, true);
      await this.settle([]);
    }
    this.now = now;
    const animated = this.animate(now, false);
    const until = Math.max(animated, await this.content.seek(now));
    this.moving = until > 0;
    result.until = until === Number.POSITIVE_INFINITY ? -1 : until;
    Object.assign(result, this.content.videos());
    if (!changed && !moved && !this.moving && !result.video) result.still = true;
    if (this.notes.length > 0) result.notes = this.notes.splice(0);
    this.committed ??= this.commit();
    return result;
  }

  /** Takes several steps of which no picture is taken. */
  async lead(way: { ops: Op[]; before: number; at: number }[]): Promise<Result[]> {
    const told: Result[] = [];
    for (const { ops, before, at } of way) told.push(await this.step(ops, before, at, false));
    return told;
  }

  /**
   * Resolves when the next frame no longer depends on the page: it is painted,
   * and Chrome's compositor, which goes on by itself, has what it needs.
   */
  private commit(): Promise<void> {
    return new Promise((resolve) => {
      this.channel.port1.onmessage = () => {
        this.committed = undefined;
        resolve();
      };
      // The message comes after the task that calls back, paints and commits.
      requestAnimationFrame(() => {
        this.content.drawn();
        this.channel.port2.postMessage(null);
      });
    });
  }

  /**
   * Applies operations that lie so far before any picture that nothing between
   * them can be seen in it: in order, without the frames of a live page.
   */
  async skip(ops: Op[], now: number): Promise<void> {
    const result: Result = { until: 0 };
    this.reveal(this.current);
    for (const op of ops) {
      this.now = op.t;
      if ('e' in op) this.attempt(op.e, op.w, result);
      else this.gesture(op, result);
    }
    this.now = now;
    this.refresh();
    this.moving = this.animate(now, true) > 0;
    await this.settle([]);
  }

  /**
   * Shows a stream's page, up to the next step, and tells about the target of an
   * act on it.
   */
  locate(stream: number, deed: Deed): Target {
    const replay = this.replay(stream);
    this.reveal(replay);
    const target = locate(replay, deed, this.redaction);
    const element = replay.node(deed.id);
    if (element?.nodeType === Node.ELEMENT_NODE)
      target.cursor = cursor(element as Element) ?? 'default';
    return target;
  }

  /** The same of the section that a scroll brought into view. */
  section(stream: number, id: number): Target {
    const replay = this.replay(stream);
    this.reveal(replay);
    return section(replay, id, this.redaction);
  }

  /** Prepares to show a stream's whole document, up to a height. */
  expand(stream: number, deed: Deed, most: number): Measure {
    this.expanse = new Expanse(this.replay(stream));
    return this.expanse.open(deed.id ? deed : null, most);
  }

  /** Scrolls the expanded document; says where to. */
  expose(y: number): number {
    return this.expanse?.show(y) ?? 0;
  }

  /** Ends the showing of the whole document. */
  collapse(): void {
    this.expanse?.close();
    this.expanse = undefined;
  }

  /** Waits for the resources of the current state, urls among them. */
  async settle(urls: string[]): Promise<void> {
    if (this.current) this.content.lacking(this.current);
    const documents = this.current && this.documents.get(this.current);
    await this.content.settle(documents ?? [], urls);
    this.current?.scrollAgain();
  }

  /** Applies a recorded event as far as it goes: one bad event is no reason to stop. */
  private attempt(written: eventWithTime | string, stream: number, result: Result): boolean {
    try {
      return this.event(this.sound.event(written), stream, result);
    } catch {
      this.note('event', '');
      return true;
    }
  }

  /** Applies a recorded event; says whether the picture may have changed. */
  private event(event: eventWithTime, stream: number, result: Result): boolean {
    const begins = event.type === EventType.Meta || event.type === EventType.FullSnapshot;
    if (!begins && !this.replays.has(stream)) return false;
    const replay = this.replay(stream);
    if (event.type === EventType.Asset) {
      this.content.captured(replay, event.data as Captured, this.now);
      return true;
    }
    replay.apply(event);
    if (event.type === EventType.FullSnapshot) result.title = replay.document.title;
    if (event.type !== EventType.IncrementalSnapshot) return event.type <= EventType.Custom;
    const data = event.data;
    switch (data.source) {
      case IncrementalSource.Mutation:
        for (const { id, attributes } of data.attributes) {
          const node = replay.node(id);
          if (node?.nodeType !== Node.ELEMENT_NODE) continue;
          if ('class' in attributes) replay.keepHover(node as Element);
          this.content.attributed(replay, node as Element, attributes, this.now);
        }
        if (data.isAttachIframe)
          for (const { parentId } of data.adds) this.content.attached(replay, parentId);
        break;
      case IncrementalSource.CanvasMutation: {
        const canvas = replay.node(data.id) as HTMLCanvasElement | null;
        if (canvas?.localName !== 'canvas') return false;
        this.content.draw(canvas, event);
        break;
      }
      case IncrementalSource.MediaInteraction: {
        const element = replay.node(data.id) as HTMLMediaElement | null;
        if (element) this.content.interact(element, data as mediaInteractionData, this.now);
        break;
      }
      case IncrementalSource.Input: {
        const field = replay.node(data.id) as HTMLInputElement | null;
        if (field?.localName === 'select') chosen(field as Element as HTMLSelectElement, data.text);
        if (field && replay === this.current) this.input(data.id, field, replay, result);
        break;
      }
      case IncrementalSource.StyleSheetRule:
      case IncrementalSource.AdoptedStyleSheet:
        this.hoverRules.forget();
        break;
      case IncrementalSource.MouseInteraction: {
        const seen = replay === this.current && isClick(data.type);
        const target = seen ? (replay.node(data.id) as Element | null) : null;
        if (target?.nodeType === Node.ELEMENT_NODE) {
          result.clicks ??= [];
          result.clicks.push({
            t: this.now,
            id: data.id,
            label: this.redaction.silences(meant(target)) ? '' : label(target),
          });
        }
        return data.type === MouseInteractions.Focus || data.type === MouseInteractions.Blur;
      }
    }
    return true;
  }

  private input(id: number, field: HTMLInputElement, replay: Replay, result: Result): void {
    const type = field.localName === 'input' ? field.type : field.localName;
    result.inputs ??= [];
    result.inputs.push({
      id,
      text: !/^(checkbox|radio|select|range|color|file|button|submit|hidden)$/.test(type),
      secret: isSecret(field, replay.recorded(field)) || this.redaction.covers(field),
    });
  }

  private gesture(op: Exclude<Op, { e: unknown }>, result: Result): boolean {
    if ('d' in op) {
      for (const stream of op.d) this.drop(stream);
      return false;
    }
    if ('f' in op) {
      for (const each of this.replays.values()) place(each.wrapper, op.f);
      return true;
    }
    if ('v' in op) {
      this.current = this.replay(op.v);
      this.reveal(this.current);
      return true;
    }
    if ('m' in op) {
      this.animations.expect(op.w, op.m);
      return false;
    }
    const replay = this.replays.get(op.w);
    if (!replay) return false;
    if ('s' in op) {
      replay.scroll(...op.s);
      return replay === this.current;
    }
    const hover = replay.hover(op.h);
    if (hover?.element) result.cursor = cursor(hover.element);
    for (const id of [op.h, op.n]) {
      const base = replay.base(id);
      result.bases ??= {};
      result.bases[id] = base;
    }
    return hover !== null && this.hoverRules.affect(hover.touched, this.roots(replay));
  }

  private replay(stream: number): Replay {
    let replay = this.replays.get(stream);
    if (!replay) {
      const made: Replay = new Replay(document.body, this.options.start, STYLES, (node) =>
        this.built(made, node),
      );
      replay = made;
      this.replays.set(stream, replay);
      this.current ??= replay;
      this.reveal(this.current);
    }
    return replay;
  }

  /** Forgets a stream's page, unless it is the one in view. */
  private drop(stream: number): void {
    const replay = this.replays.get(stream);
    if (!replay || replay === this.current) return;
    replay.destroy();
    this.replays.delete(stream);
    this.documents.delete(replay);
  }

  private reveal(replay: Replay | undefined): void {
    for (const each of this.replays.values()) {
      each.wrapper.style.visibility = each === replay ? 'visible' : 'hidden';
    }
  }

  private built(replay: Replay, node: Node): void {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    this.content.built(replay, node as Element, this.now);
  }

  private note(kind: Note['kind'], url: string): void {
    this.notes.push({ kind, t: this.now, url });
  }

  /** Everything of a page that holds elements of its own. */
  private roots(replay: Replay): (Document | ShadowRoot)[] {
    return [...(this.documents.get(replay) ?? []), ...replay.shadows];
  }

  /** Takes in how the pages have changed, those behind the one in view as well. */
  private refresh(): void {
    for (const replay of this.replays.values()) {
      this.documents.set(replay, replay.documents());
      this.redaction.apply(this.roots(replay));
    }
  }

  /** Brings what moves to time now; returns until when something in view does. */
  private animate(now: number, restyled: boolean): number {
    let until = 0;
    for (const [stream, replay] of this.replays) {
      const moves = this.animations.seek(this.roots(replay), now, restyled, stream);
      if (replay === this.current) until = moves;
    }
    return until;
  }
}

function place(wrapper: HTMLElement, [x, y, scale]: [number, number, number]): void {
  wrapper.style.left = `${x}px`;
  wrapper.style.top = `${y}px`;
  wrapper.style.transform = scale === 1 ? 'none' : `scale(${scale})`;
}

/** What is none of a list's options, as a masked choice, is shown as it was recorded. */
function chosen(list: HTMLSelectElement, text: string): void {
  if (list.selectedIndex >= 0 || !text) return;
  const option = list.ownerDocument.createElement('option');
  option.hidden = true;
  option.textContent = text;
  list.append(option);
  list.value = text;
}

function isClick(type: MouseInteractions): boolean {
  return type === MouseInteractions.Click || type === MouseInteractions.TouchStart;
}

Object.assign(globalThis, {
  /** Makes the stage, or returns the selector that it can't be made with. */
  openStage: (options: Options) => unreadable(options.redact) ?? new Stage(options),
});
