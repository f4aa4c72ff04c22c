import { scrub } from './scrub';

/** Takes a custom event. */
export type Emit = (tag: string, payload: object) => void;

/** What the replay must imitate and rrweb's Meta event does not say. */
export function environment(): object {
  const media = (query: string) => matchMedia(query).matches;
  return {
    dpr: devicePixelRatio,
    colorScheme: media('(prefers-color-scheme: dark)') ? 'dark' : 'light',
    reducedMotion: media('(prefers-reduced-motion: reduce)'),
    touch: media('(pointer: coarse)'),
    hover: media('(hover: hover)'),
    scrollbar: scrollbar(),
    language: navigator.language,
    languages: [...navigator.languages],
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userAgent: navigator.userAgent,
    screen: { width: screen.width, height: screen.height },
    referrer: scrub(document.referrer),
  };
}

/**
 * Sets the size of the window, if an event's data tell of it, to that of the page.
 * A phone zooms out to show all of a page that is too wide, if only for a moment
 * while it loads, and then says that its window has grown; the page is laid out
 * as before.
 */
export function unzoom(size: { width?: number; height?: number }): void {
  const { clientWidth } = document.documentElement;
  if (!size.width || !size.height || size.width <= clientWidth + WIDEST_SCROLLBAR) return;
  size.height = Math.round((size.height * clientWidth) / size.width);
  size.width = clientWidth;
}

const WIDEST_SCROLLBAR = 40;

/** The width of a scrollbar that takes room from the page, in CSS pixels. */
function scrollbar(): number {
  const host = document.createElement('div');
  const probe = document.createElement('div');
  host.style.cssText = 'position:fixed;visibility:hidden';
  probe.style.cssText = 'overflow:scroll;width:99px;height:99px';
  // The page's own style of scrollbars does not reach into a shadow tree.
  host.attachShadow({ mode: 'open' }).append(probe);
  document.documentElement.append(host);
  const width = probe.offsetWidth - probe.clientWidth;
  host.remove();
  return width;
}

/** Reports errors that reach the window. */
export function watchErrors(emit: Emit): void {
  addEventListener('error', (e) => {
    // A resource that fails to load fires the event at its element.
    if (!(e instanceof ErrorEvent)) return;
    emit('reelay.error', {
      message: scrub(e.message),
      source: scrub(e.filename),
      line: e.lineno,
      column: e.colno,
      stack: stack(e.error),
    });
  });
  addEventListener('unhandledrejection', ({ reason }) => {
    emit('reelay.error', { message: scrub(String(reason)), stack: stack(reason), promise: true });
  });
}

function stack(error: unknown): string {
  return error instanceof Error ? scrub((error.stack ?? '').slice(0, 4000)) : '';
}

/** Reports submits, with the form's node in the recording. */
export function watchSubmits(emit: Emit, nodeId: (n: Node) => number): void {
  addEventListener(
    'submit',
    (e) => {
      const form = e.target;
      if (!(form instanceof HTMLFormElement)) return;
      // A control named "action" or "method" would hide the property.
      const attribute = (name: string) => form.getAttribute(name) ?? '';
      emit('reelay.submit', {
        node: nodeId(form),
        action: scrub(attribute('action')),
        method: attribute('method') || 'get',
      });
    },
    true,
  );
}

/**
 * Returns a check that reports a change of the address. Asking at each event
 * needs no patching of the page's history object.
 */
export function watchUrl(emit: Emit): () => void {
  let href = location.href;
  const check = () => {
    if (location.href === href) return;
    href = location.href;
    emit('reelay.url', { href: scrub(href), title: scrub(document.title) });
  };
  addEventListener('popstate', check);
  addEventListener('hashchange', check);
  // Where there is a navigation object it also tells of what changes nothing else.
  (window as { navigation?: EventTarget }).navigation?.addEventListener(
    'currententrychange',
    check,
  );
  return check;
}
