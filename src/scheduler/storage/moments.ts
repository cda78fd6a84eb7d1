/** All values as they were at one moment; can be read in slices while the values go on changing. */
export interface Moment<T> {
  /** Each value once, in no particular order. Can be read only once. */
  readonly values: Iterable<T>;
  /** To be called when no more is needed: until then, the first change of each group copies the group. */
  close(): void;
}

export interface Moments<T> {
  /** To be called before anything in the group is changed, added or removed. */
  changing(group: string): void;
  /** Costs nothing by itself, however many values there are. */
  take(): Moment<T>;
  /** Whether any moment is open; otherwise `changing` need not be called. */
  anyOpen(): boolean;
}

interface Open<T> {
  /** Groups that have been read or are being read. */
  readonly done: Set<string>;
  /** The old values of groups that changed before they were read. */
  readonly kept: Map<string, readonly T[]>;
}

/**
 * Copy on write, by group: a moment reads the live groups one after the other; a group that is about to change before
 * it is read is copied first. Copying a million values at once would block everything else; copying one job does not.
 * @param groups the existing groups, as a live iterable: it must not skip any group that exists all the time.
 * @param valuesOf a copy of the values of a group; the values themselves are immutable.
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
    // Groups that no longer exist.
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
