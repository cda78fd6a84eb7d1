import type { JobUpdateSettings } from '../../api/index.ts';
import type { UpdateDirection } from '../storage/index.ts';

/** How many instances an update takes on at a time. */
export interface Strategy {
  /** Batches wait for each other; a queue goes on with every instance that is done. */
  readonly kind: 'queue' | 'batch';
  /** Sizes of the groups in order; the last one repeats. */
  readonly sizes: readonly number[];
  readonly autoPause: boolean;
}

/** The strategy of the settings; older clients give a size and whether to wait for a batch. */
export function strategyOf(settings: Omit<JobUpdateSettings, 'updateOnlyTheseInstances'>): Strategy {
  const { queueStrategy, batchStrategy, varBatchStrategy } = settings.updateStrategy ?? {};
  if (queueStrategy) return { kind: 'queue', sizes: [queueStrategy.groupSize], autoPause: false };
  if (batchStrategy)
    return { kind: 'batch', sizes: [batchStrategy.groupSize], autoPause: batchStrategy.autopauseAfterBatch };
  if (varBatchStrategy)
    return {
      kind: 'batch',
      sizes: varBatchStrategy.groupSizes,
      autoPause: varBatchStrategy.autopauseAfterBatch,
    };
  const kind = settings.waitForBatchCompletion ? 'batch' : 'queue';
  return { kind, sizes: [settings.updateGroupSize], autoPause: false };
}

/** The size of the group that stands at `taken`: groups follow each other, the last size again and again. */
function sizeAt(sizes: readonly number[], taken: number): number {
  let end = 0;
  for (const size of sizes) {
    end += size;
    if (taken < end) return size;
  }
  return sizes.at(-1) as number;
}

/** On the way back the groups come in reverse: of `left` instances, those that the last forward group would have had. */
function sizeBack(sizes: readonly number[], left: number): number {
  let rest = left;
  for (const size of sizes) {
    if (rest <= size) return rest;
    rest -= size;
  }
  const last = sizes.at(-1) as number;
  return rest % last || last;
}

/**
 * How many instances the next group has. A batch begins only when nothing is under way; a queue is filled up.
 * Source: the original's UpdateStrategy classes.
 * @param taken instances that earlier groups had, of `total`.
 * @param working instances under way.
 */
export function nextGroupSize(
  { kind, sizes }: Strategy,
  direction: UpdateDirection,
  { taken, total, working }: { readonly taken: number; readonly total: number; readonly working: number },
): number {
  const left = total - taken;
  if (left === 0) return 0;
  if (kind === 'queue') return Math.min(left, Math.max(0, (sizes[0] as number) - working));
  if (working > 0) return 0;
  return Math.min(left, direction === 'forward' ? sizeAt(sizes, taken) : sizeBack(sizes, left));
}
