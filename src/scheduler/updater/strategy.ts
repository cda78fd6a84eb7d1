import type { JobUpdateSettings } from '../../api/index.ts';
import type { UpdateDirection } from '../storage/index.ts';

/** How many instances an update takes on at a time. */
export interface Strategy {
  /** A batch starts when the one before it is done; a queue takes on the next instance whenever one is done. */
  readonly kind: 'queue' | 'batch';
  /** Sizes of consecutive groups; the last one repeats. */
  readonly sizes: readonly number[];
  readonly autoPause: boolean;
}

/** The strategy of the settings. Older clients send only a group size and whether to wait for each batch. */
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

/** Size of the forward group that contains position `taken`; the last size repeats. */
function sizeAt(sizes: readonly number[], taken: number): number {
  let end = 0;
  for (const size of sizes) {
    end += size;
    if (taken < end) return size;
  }
  return sizes.at(-1) as number;
}

/**
 * For a rollback with `left` instances to go: the size of the last forward group among them, as groups go in reverse.
 */
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
 * Size of the next group; 0 when none can begin. A batch begins only when nothing is being worked on; a queue is filled
 * up.
 * Source: the original's UpdateStrategy classes.
 * @param taken instances in earlier groups, out of `total`.
 * @param working instances being worked on.
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
