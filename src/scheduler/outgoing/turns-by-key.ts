/** Work in turns: one piece at a time for each key, and no more than some keys at once. */
export interface TurnsByKey {
  /** Whether a piece of work of the key is under way or waits. */
  busy(key: string): boolean;
  /** Runs `work` when its turn has come; resolves with what it does, or with `closed` when there are no more turns. */
  take<T>(key: string, work: () => Promise<T>, closed: T): Promise<T>;
  /** Whatever waits is not begun any more. */
  close(): void;
}

export function turnsByKey(mostKeysAtOnce: number): TurnsByKey {
  /** Work that waits, by key, in the order of the keys' first waiting piece. */
  const queues = new Map<string, (() => Promise<void>)[]>();
  const running = new Set<string>();
  let ended = false;

  const begin = () => {
    for (const [key, queue] of queues) {
      if (running.size >= mostKeysAtOnce) return;
      if (running.has(key)) continue;
      const next = queue.shift();
      // A key with more work goes to the end, so that the others have their turn.
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
