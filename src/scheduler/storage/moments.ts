/** Everything as it was at one moment; read in any slices while it goes on changing. */
export interface Moment<T> {
  /** Each value once, in no particular order. Read it once. */
  readonly values: Iterable<T>;
  /** To be called when no more is wanted; until then every first change of a group costs a copy of it. */
  close(): void;
}

export interface Moments<T> {
  /** To be called before anything in the group changes, appears or goes. */
  changing(group: string): void;
  /** Costs nothing by itself, however much there is. */
  take(): Moment<T>;
  /** Whether any moment is open: without one, `changing` has nothing to do. */
  anyOpen(): boolean;
}

interface Open<T> {
  /** Groups that are read, or being read. */
  readonly done: Set<string>;
  /** Groups that changed before they were read, as they were. */
  readonly kept: Map<string, readonly T[]>;
}

/**
 * Copies on write, by group: a moment reads the living groups one after the other, and a group that is about to
 * change before its turn is set aside. A copy of a million values would hold everybody up; that of a job does not.
 * @param groups the groups there are, as a living iterable: it must pass over none that is there all the time.
 * @param valuesOf a copy of the values of a group; immutable themselves.
 */
export function moments<T>(
  groups: () => Iterable<string>,
  valuesOf: (group: string) => readonly T[],
): Moments<T> {
  const open = new Set<Open<T>>();

  function* read({ done, kept }: Open<T>): Iterable<T> {
    for (const group of groups()) {
      if (done.has(group)) continue;
      const values = kept.get(group) ?? valuesOf(group);
      done.add(group);
      kept.delete(group);
      yield* values;
    }
    // Groups that are no longer there.
    for (const values of kept.values()) yield* values;
  }

  return {
    changing(group) {
      for (const { done, kept } of open)
        if (!done.has(group) && !kept.has(group)) kept.set(group, valuesOf(group));
    },
    take() {
      const moment: Open<T> = { done: new Set(), kept: new Map() };
      open.add(moment);
      return { values: read(moment), close: () => void open.delete(moment) };
    },
    anyOpen: () => open.size > 0,
  };
}
