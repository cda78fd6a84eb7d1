/** Runs work in turns: one piece at a time for each key, and for a limited number of keys at once. */
export interface TurnsByKey {
  /** Whether work of the key is running or waiting. */
  busy(key: string): boolean;
  /** Runs `work` when its turn comes and resolves to its result, or to `closed` when there are no more turns. */
  take<T>(key: string, work: () => Promise<T>, closed: T): Promise<T>;
  /** Starts no more work; waiting pieces are dropped. */
  close(): void;
}

export function turnsByKey(mostKeysAtOnce: number): TurnsByKey {
  /** Waiting work by key; the order of keys is the order of their turns. */
  const queues = new Map<string, (() => Promise<void>)[]>();
  const running = new Set<string>();
  let ended = false;

  const begin = () => {
    for (const [key, queue] of queues) {
      if (running.size >= mostKeysAtOnce) return;
      if (running.has(key)) continue;
      const next = queue.shift();
      // A key with more work moves to the end, so that others get their turn.
      queues.delete(key);
      if (queue.length > 0) queues.set(key, queue);
      if (!next) continue;
      running.add(key);
      next().finally(() => {
        running.delete(key);
        begin();
      });
    }
  };

  return {
    busy: (key) => running.has(key) || queues.has(key),
    take: (key, work, closed) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(key) ?? [];
        queues.set(key, queue);
        queue.push(() => (ended ? Promise.resolve(closed) : work()).then(resolve, reject));
        begin();
      }),
    close() {
      ended = true;
    },
  };
}
