import { record } from '@rrweb/record';
import { getRecordConsolePlugin } from '@rrweb/rrweb-plugin-console-record';
import type { eventWithTime } from '@rrweb/types';
import { Canvases, type Early } from './canvases';
import { Fields, type Level } from './fields';
import { leaveTabId, newId, SessionId, tabId } from './ids';
import { Mask } from './mask';
import { sinceFrame, watchMotion } from './motion';
import { watchRest } from './pointer';
import { watchPopovers } from './popovers';
import { environment, unzoom, watchErrors, watchSubmits, watchUrl } from './signals';
import { TailStore } from './tail';
import { Transport } from './transport';
import { watchVitals } from './vitals';

/** rrweb's EventType: FullSnapshot, IncrementalSnapshot; importing the enum costs its code. */
const FULL = 2;
const INCREMENTAL = 3;
/** rrweb's IncrementalSource: MouseMove; the same, TouchMove and Drag. */
const MOUSE_MOVE = 1;
const PATHS: readonly number[] = [MOUSE_MOVE, 6, 12];
const SCROLL = 3;

/** How long events are taken that can't be masked, before a fresh snapshot, in milliseconds. */
const MEND = 1000;

/** What the strict level blocks, unless it is marked as to be shown. */
const PICTURES = ['img', 'picture', 'video', 'canvas', 'image', 'embed', 'object', '[type=image]']
  .map((name) => `${name}:not([data-reelay-unmask], [data-reelay-unmask] *)`)
  .join();

/** Whether an event can be missed without the picture going wrong. */
function minor(event: eventWithTime): boolean {
  return event.type === INCREMENTAL && PATHS.includes(event.data.source);
}

/** Records this page until it goes away. */
function start(level: Level, base: string, drawn: Early): void {
  const session = new SessionId();
  const tab = tabId();
  const tails = new TailStore();
  const env = environment(); // Now, while no script of the page looks on.
  const fields = new Fields(level);
  const mask = new Mask(level, fields, (id) => record.mirror.getNode(id));
  let transport: Transport;
  let stop: (() => void) | undefined;
  let mend: ReturnType<typeof setTimeout> | undefined;

  // A fresh snapshot can only be taken outside of the emit that lost events.
  const snapshot = () => {
    mend = undefined;
    setTimeout(() => stop && record.takeFullSnapshot());
  };
  const connect = () =>
    new Transport({
      hello: { session: session.id, tab, page: newId(), level },
      base,
      tails,
      lost: snapshot,
      stopped: () => {
        stop?.();
        stop = undefined;
      },
      renew: (over) => session.renew(over),
      ended: restart,
    });
  // rrweb throws at custom events until it records, from DOMContentLoaded on.
  let early: [tag: string, payload: object][] | undefined;
  if (document.readyState === 'loading') early = [];
  const custom = (tag: string, payload: object) => {
    if (early) early.push([tag, payload]);
    else if (stop) record.addCustomEvent(tag, payload);
  };
  // At the window, so that rrweb has heard it before: it listens at the document.
  addEventListener('DOMContentLoaded', () => {
    const events = early ?? [];
    early = undefined;
    for (const [tag, payload] of events) custom(tag, payload);
  });
  const checkUrl = watchUrl(custom);
  const popovers = watchPopovers(custom, (node) => record.mirror.getId(node));

  // What happens without the user, and so does not keep a session alive.
  const push = (data: object, timestamp: number) => {
    if (stop) transport.push({ type: INCREMENTAL, data, timestamp }, false);
  };
  // Pictures are masked at the strict level only, where canvases are blocked.
  const canvases =
    level === 'strict'
      ? undefined
      : new Canvases(push, (id) => record.mirror.getNode(id), level === 'open' ? undefined : drawn);
  const emit = (event: eventWithTime) => {
    try {
      // Pages are told of a scroll position at any time while it is shown.
      if (event.type === INCREMENTAL && event.data.source === SCROLL) {
        event.timestamp -= sinceFrame();
      }
      unzoom(event.data as object);
      canvases?.event(event.type, event.data as object);
      mask.event(event);
    } catch {
      transport.skip(); // what can't be masked is not sent
      if (event.type === INCREMENTAL && !minor(event) && !mend) mend = setTimeout(snapshot, MEND);
      return;
    }
    transport.push(event, minor(event));
    if (event.type === FULL) queueMicrotask(popovers); // when rrweb is done with it
    if (event.type === INCREMENTAL) {
      checkUrl();
      if (session.touch()) restart();
    }
  };
  const begin = () => {
    transport = connect();
    stop = record({
      emit: emit as (event: unknown) => void,
      recordAfter: 'DOMContentLoaded',
      maskAllInputs: true,
      maskInputFn: fields.mask,
      blockSelector: `[data-reelay-block]${level === 'strict' ? `,${PICTURES}` : ''}`,
      slimDOMOptions: { script: true, comment: true, headFavicon: true },
      // Scrolling as often as a page draws.
      sampling: { mousemove: 50, mousemoveCallback: 500, scroll: 10, input: 'all' },
      // The two packages name the same type by two versions.
      plugins: [getRecordConsolePlugin({ lengthThreshold: 500 }) as never],
      errorHandler: () => true,
    }) as (() => void) | undefined;
    custom('reelay.env', env);
  };
  // A session that has ended is left and a new one begun with a snapshot.
  function restart(): void {
    setTimeout(() => {
      stop?.();
      transport.leave();
      begin();
    });
  }

  begin();
  watchErrors(custom);
  watchSubmits(custom, (node) => record.mirror.getId(node));
  watchMotion(custom);
  watchRest(
    (to) => push({ source: MOUSE_MOVE, positions: [to] }, Date.now()),
    (node) => record.mirror.getId(node),
  );
  const vitals = watchVitals(custom);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden') {
      custom('reelay.visible', {}); // which of several tabs is in use
      return;
    }
    vitals();
    transport.flush();
  });
  addEventListener('pagehide', () => {
    vitals();
    leaveTabId(tab);
    transport.leave();
  });
  addEventListener('pageshow', (e) => {
    if (!e.persisted) return;
    tabId();
    transport.resume();
    snapshot();
  });
  tails
    .ready()
    .then(() => transport.sendTails())
    .catch(() => undefined);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  // Not src, which a base element of the page has changed by now.
  const src = new URL(script.getAttribute('src') ?? '', location.href);
  const level = (script.dataset.level ?? 'standard') as Level;
  // The page shall not see it: frameworks compare the document with theirs.
  script.remove();
  // A frame is part of its parent's recording.
  if (window === window.top) {
    const begin = () => start(level, new URL('.', src).href, script as Early);
    // Nobody may ever see a page that is rendered ahead.
    if ('prerendering' in document && document.prerendering) {
      document.addEventListener('prerenderingchange', begin, { once: true });
    } else {
      begin();
    }
  }
}
