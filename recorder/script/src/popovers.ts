import type { Emit } from './signals';

/**
 * Reports popovers that open and close, which no attribute shows. What it returns
 * reports those that are open, for a snapshot.
 */
export function watchPopovers(emit: Emit, nodeId: (n: Node) => number): () => void {
  const tell = (popover: Element, open: boolean) => {
    const id = nodeId(popover);
    if (id > 0) emit('reelay.popover', { id, open }); // else the snapshot is to come
  };
  document.addEventListener(
    'toggle',
    (e) => {
      // Dialogs and details fire it as well.
      if ((e.target as HTMLElement).popover) tell(e.target as Element, e.newState === 'open');
    },
    true,
  );
  return () => {
    for (const popover of document.querySelectorAll('[popover]'))
      if (popover.matches(':popover-open')) tell(popover, true);
  };
}
