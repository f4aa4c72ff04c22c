/** What rrweb's mouse moves say of a position. */
export interface Position {
  x: number;
  y: number;
  id: number;
  timeOffset: number;
  rest: true; // ours: nobody moved the mouse
}

/**
 * Reports what comes to lie under a pointer that rests, as a mouse move to where it
 * is: pages scroll and change, and the browser then hovers something else.
 */
export function watchRest(emit: (to: Position) => void, nodeId: (n: Node) => number): void {
  let x: number;
  let y: number;
  addEventListener(
    'mousemove',
    (e) => {
      x = e.clientX;
      y = e.clientY;
    },
    true,
  );
  addEventListener(
    'mouseover',
    (e) => {
      if (e.clientX !== x || e.clientY !== y) return; // a move is on its way
      const id = nodeId(e.composedPath()[0] as Node);
      if (id > 0) emit({ x, y, id, timeOffset: 0, rest: true });
    },
    true,
  );
}
