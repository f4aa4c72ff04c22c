/** Time between two looks at the canvases, in milliseconds. */
const PACE = 250;

/**
 * Reports what canvases show, as pictures in the form of rrweb's canvas events.
 * rrweb's own ways cost every drawing command, or a worker. Returns a function
 * that makes it report all of them again, for a fresh snapshot.
 */
export function watchCanvases(emit: (data: object) => void, idOf: (n: Node) => number): () => void {
  let known = new WeakMap<HTMLCanvasElement, string>();
  const look = () => {
    for (const canvas of document.querySelectorAll('canvas')) {
      const id = idOf(canvas);
      const src = id > 0 && !canvas.closest('[data-reelay-block]') && picture(canvas);
      if (!src || known.get(canvas) === src) continue;
      known.set(canvas, src);
      const draw = (property: string, ...args: unknown[]) => ({ property, args });
      const commands = [
        draw('clearRect', 0, 0, canvas.width, canvas.height),
        draw('drawImage', { rr_type: 'HTMLImageElement', src }, 0, 0),
      ];
      emit({ source: 9, id, type: 0, commands });
    }
    setTimeout(() => requestAnimationFrame(look), PACE);
  };
  requestAnimationFrame(look);
  return () => {
    known = new WeakMap();
  };
}

/** The canvas as a data URL; nothing if it is empty or holds foreign pixels. */
function picture(canvas: HTMLCanvasElement): string | undefined {
  try {
    return canvas.width && canvas.height ? canvas.toDataURL() : undefined;
  } catch {
    return undefined;
  }
}
