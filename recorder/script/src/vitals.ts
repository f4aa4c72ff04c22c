import type { Emit } from './signals';

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
}

interface Interaction extends PerformanceEntry {
  interactionId: number;
}

function observe<T extends PerformanceEntry>(type: string, each: (entry: T) => void): void {
  const options = { type, buffered: true, durationThreshold: 40 };
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) each(entry as T);
    }).observe(options);
  } catch {
    // The browser does not measure this.
  }
}

/**
 * Gathers the web vitals as web.dev/vitals defines them: TTFB, FCP, LCP and
 * INP in milliseconds, CLS as the worst session window. Returns a function
 * that reports those that changed; call it when the page is hidden.
 */
export function watchVitals(emit: Emit): () => void {
  const values: Record<string, number> = {};
  const reported: Record<string, number> = {};
  observe<PerformanceNavigationTiming>('navigation', (e) => {
    values.TTFB = e.responseStart;
  });
  observe('paint', (e) => {
    if (e.name === 'first-contentful-paint') values.FCP = e.startTime;
  });
  observe('largest-contentful-paint', (e) => {
    values.LCP = e.startTime;
  });
  const shifts = { sum: 0, first: 0, last: 0 };
  observe<Shift>('layout-shift', (e) => {
    if (e.hadRecentInput) return;
    const goesOn = e.startTime - shifts.last < 1000 && e.startTime - shifts.first < 5000;
    if (!goesOn) Object.assign(shifts, { sum: 0, first: e.startTime });
    shifts.sum += e.value;
    shifts.last = e.startTime;
    values.CLS = Math.max(values.CLS ?? 0, shifts.sum);
  });
  // The slowest interactions, one outlier ignored for each fifty.
  const slowest = new Map<number, number>();
  observe<Interaction>('event', (e) => {
    if (!e.interactionId) return;
    slowest.set(e.interactionId, Math.max(slowest.get(e.interactionId) ?? 0, e.duration));
    const durations = [...slowest.values()].sort((a, b) => b - a);
    values.INP = durations[Math.floor(slowest.size / 50)] ?? 0;
  });
  return () => {
    for (const [name, value] of Object.entries(values)) {
      if (reported[name] === value) continue;
      reported[name] = value;
      emit('reelay.vital', { name, value: Math.round(value * 1000) / 1000 });
    }
  };
}
