import { useLayoutEffect, useState } from 'preact/hooks';

/** A changing value that parts of the page subscribe to. */
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

/** The present value. The component is redrawn when it changes, even between being drawn and being subscribed. */
export function useStore<T>(from: Store<T>): T {
  const [, redraw] = useState<unknown>();
  const drawn = from.get();
  useLayoutEffect(() => {
    if (from.get() !== drawn) redraw({});
    return from.subscribe(() => redraw({}));
  }, [from]);
  return drawn;
}
