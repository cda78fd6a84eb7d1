import { useEffect, useState } from 'preact/hooks';

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

/** The value now; the component is drawn again when it changes. */
export function useStore<T>(from: Store<T>): T {
  const [, redraw] = useState<unknown>();
  useEffect(() => from.subscribe(() => redraw({})), [from]);
  return from.get();
}
