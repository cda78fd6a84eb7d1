import type { Wire } from '../api/index.ts';
import { joinedRanges, numbersOf, rangesOf } from './ranges.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { diffOf, type UpdateDiff } from './update-request.ts';

type Request = Wire<'JobUpdateRequest'>;
/** What an update would do. Our scheduler judges it; for the original's scheduler the client works it out. */
export type Judgement = Wire<'JobUpdatePlan'>;
type Batch = Wire<'JobUpdatePlanBatch'>;
type Range = Wire<'Range'>;

/**
 * Finds out what an update would do now. The original's scheduler has no such call: it is only asked for the groups,
 * the batches are computed from the strategy, and there is neither a digest nor a forecast. Throws COMMAND_FAILED when
 * the scheduler refuses the request itself, and CONFIG when the original's refuses the configuration.
 */
export async function judge(
  session: Session,
  scheduler: SchedulerClient,
  request: Request,
  description: Wire<'JobConfiguration'>,
): Promise<Judgement> {
  const response = await scheduler.queryIfKnown('planJobUpdate', { request });
  if (!response) return workedOut(session, scheduler, request, description);
  const header = 'Error getting a plan from the scheduler:';
  const { result } = requireOk(response, session.log, { header, code: 'COMMAND_FAILED' });
  return result?.planJobUpdateResult?.plan ?? {};
}

async function workedOut(
  session: Session,
  scheduler: SchedulerClient,
  request: Request,
  description: Wire<'JobConfiguration'>,
): Promise<Judgement> {
  session.log.warn({}, 'the scheduler makes no plans: nothing will hold the update to this one');
  const response = await scheduler.query('populateJobConfig', { description });
  const header = 'Error loading configuration';
  const { result } = requireOk(response, session.log, { header, code: 'CONFIG' });
  const diff = await diffOf(session, scheduler, request);
  const { settings = {} } = request;
  const batches = batchesOf(diff, settings);
  return {
    diff,
    taskConfig: result?.populateJobResult?.taskConfig ?? request.taskConfig ?? {},
    settings,
    batches,
    leastMs: batches.reduce(
      (ms, batch) => ms + roundsOf(batch) * (settings.minWaitInInstanceRunningMs ?? 0),
      0,
    ),
    refusals: [],
  };
}

/** How many rounds of waiting a batch needs when each instance takes its minimal time. */
const roundsOf = ({ create = [], replace = [], inFlight = 1 }: Batch): number =>
  Math.ceil(numbersOf([...create, ...replace]).length / Math.max(1, inFlight));

/** The batches in the order of the instances. Source: the original's strategies, core 5.6 of its documentation. */
export function batchesOf(diff: UpdateDiff, settings: Wire<'JobUpdateSettings'>): readonly Batch[] {
  const of = (groups: UpdateDiff['add']) =>
    joinedRanges((groups ?? []).flatMap(({ instances }) => instances ?? []));
  const parts = { create: of(diff.add), replace: of(diff.update), remove: of(diff.remove) };
  const all = numbersOf(joinedRanges(Object.values(parts).flat()));
  const { sizes, inFlight, pauses } = sizesOf(settings, all.length);
  const batches: Batch[] = [];
  for (let at = 0; at < all.length; ) {
    const size = Math.max(1, sizes[batches.length] ?? sizes.at(-1) ?? 1);
    const own = new Set(all.slice(at, at + size));
    const within = (ranges: readonly Range[]) =>
      rangesOf(numbersOf(ranges).filter((instance) => own.has(instance)));
    batches.push({
      create: within(parts.create),
      replace: within(parts.replace),
      remove: within(parts.remove),
      inFlight: Math.min(inFlight ?? own.size, own.size),
      pausesAfter: pauses && at + size < all.length,
    });
    at += size;
  }
  return batches;
}

function sizesOf(
  { updateStrategy, updateGroupSize = 1, waitForBatchCompletion }: Wire<'JobUpdateSettings'>,
  count: number,
): { readonly sizes: readonly number[]; readonly inFlight?: number; readonly pauses: boolean } {
  const { batchStrategy, varBatchStrategy, queueStrategy } = updateStrategy ?? {};
  if (varBatchStrategy) {
    return {
      sizes: varBatchStrategy.groupSizes ?? [1],
      pauses: varBatchStrategy.autopauseAfterBatch ?? false,
    };
  }
  if (batchStrategy || (!queueStrategy && waitForBatchCompletion)) {
    return {
      sizes: [batchStrategy?.groupSize ?? updateGroupSize],
      pauses: batchStrategy?.autopauseAfterBatch ?? false,
    };
  }
  return { sizes: [count], inFlight: queueStrategy?.groupSize ?? updateGroupSize, pauses: false };
}
