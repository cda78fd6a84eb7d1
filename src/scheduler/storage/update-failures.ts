import type { UpdateFailure } from './stores.ts';

/** The failed tries of an update's instances: a list that only grows, and how often each try is in it. */
export interface FailedTries {
  /** The instance id for a try forward; its bitwise complement, which is negative, for one on the way back. */
  readonly tries: number[];
  readonly counts: Map<number, number>;
}

export const failedTries = (): FailedTries => ({ tries: [], counts: new Map() });

export const tryOf = ({ direction, instanceId }: UpdateFailure): number =>
  direction === 'forward' ? instanceId : ~instanceId;

export const failureOf = (tried: number): UpdateFailure =>
  tried < 0 ? { direction: 'back', instanceId: ~tried } : { direction: 'forward', instanceId: tried };

export function addFailure({ tries, counts }: FailedTries, tried: number): void {
  tries.push(tried);
  counts.set(tried, (counts.get(tried) ?? 0) + 1);
}

/** Removes the tries after the first `length`. */
export function undoFailures({ tries, counts }: FailedTries, length: number): void {
  for (const tried of tries.splice(length)) {
    const left = counts.get(tried)! - 1;
    if (left === 0) counts.delete(tried);
    else counts.set(tried, left);
  }
}
