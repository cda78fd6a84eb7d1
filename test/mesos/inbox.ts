/** Things that happened and are waited for, in order. */
export interface Inbox<T> {
  put(item: T): void;
  /** The oldest item, as soon as there is one. */
  next(): Promise<T>;
  /** Items that nobody has asked for. */
  readonly waiting: number;
}

export function inbox<T>(): Inbox<T> {
  const items: T[] = [];
  const askers: ((item: T) => void)[] = [];
  return {
    put(item) {
      const asker = askers.shift();
      if (asker) asker(item);
      else items.push(item);
    },
    next: () => {
      if (items.length > 0) return Promise.resolve(items.shift() as T);
      return new Promise((resolve) => askers.push(resolve));
    },
    get waiting() {
      return items.length;
    },
  };
}
