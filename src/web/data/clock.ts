import { useEffect, useState } from 'preact/hooks';
import { store } from './store.ts';

/** The scheduler's clock minus the browser's, in milliseconds. */
export const clockSkew = store(0);

/** The time now by the scheduler's clock. */
export const schedulerNowMs = (): number => Date.now() + clockSkew.get();

const STEP_MS = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time now by the scheduler's clock. The component is redrawn every second, but not in a hidden tab. */
export function useNow(): number {
  const [, redraw] = useState<unknown>();
  useEffect(() => {
    const listener = () => redraw({});
    listeners.add(listener);
    timer ??= setInterval(() => {
      if (!document.hidden) for (const one of [...listeners]) one();
    }, STEP_MS);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return schedulerNowMs();
}
