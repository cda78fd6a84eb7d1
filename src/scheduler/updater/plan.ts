import type { JobUpdateInstructions, Wire } from '../../api/index.ts';
import { byKind, rangesOf } from './instances.ts';
import { nextGroupSize, strategyOf } from './strategy.ts';

type WireBatch = Wire<'JobUpdatePlanBatch'>;

/** The batches of an update in which nothing fails. A queue is shown as one batch. */
export function planBatches(instructions: JobUpdateInstructions): WireBatch[] {
  const { create, replace, remove } = byKind(instructions);
  const kinds = [
    ...create.map((id) => [id, 'create'] as const),
    ...replace.map((id) => [id, 'replace'] as const),
    ...remove.map((id) => [id, 'remove'] as const),
  ];
  const total = kinds.length;
  const strategy = strategyOf(instructions.settings);
  const batch = (from: number, to: number, inFlight: number): WireBatch => {
    const ofKind = (wanted: string) =>
      rangesOf(kinds.slice(from, to).flatMap(([id, kind]) => (kind === wanted ? [id] : [])));
    return {
      create: ofKind('create'),
      replace: ofKind('replace'),
      remove: ofKind('remove'),
      inFlight,
      pausesAfter: strategy.autoPause && to < total,
    };
  };
  if (total === 0) return [];
  if (strategy.kind === 'queue') return [batch(0, total, Math.min(total, strategy.sizes[0] as number))];
  const batches: WireBatch[] = [];
  for (let taken = 0; taken < total; ) {
    const size = nextGroupSize(strategy, 'forward', { taken, total, working: 0 });
    batches.push(batch(taken, taken + size, size));
    taken += size;
  }
  return batches;
}

const countOf = (ranges: WireBatch['create'] = []): number =>
  ranges.reduce((sum, { first = 0, last = 0 }) => sum + last - first + 1, 0);

/**
 * A lower bound for the update's duration: the new tasks of each group have to run for `minWaitMs`, one group after
 * another.
 */
export function leastMs(batches: readonly WireBatch[], minWaitMs: number): number {
  const lots = batches.map(({ create, replace, inFlight = 1 }) =>
    Math.ceil((countOf(create) + countOf(replace)) / inFlight),
  );
  return lots.reduce((sum, lot) => sum + lot, 0) * minWaitMs;
}
