import { useLayoutEffect, useState } from 'preact/hooks';

/** A value that parts of the page look at, and that changes. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function store<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The value now; the component is drawn again when it changes, also between its drawing and this subscription. */
export function useStore<T>(from: Store<T>): T {
  const [, redraw] = useState<unknown>();
  const drawn = from.get();
  useLayoutEffect(() => {
    if (from.get() !== drawn) redraw({});
    return from.subscribe(() => redraw({}));
  }, [from]);
  return drawn;
}
