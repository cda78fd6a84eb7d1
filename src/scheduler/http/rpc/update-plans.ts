import type { JobUpdateInstructions, Wire } from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { checkUpdateQuota } from '../../quota/quota.ts';
import type { ReadStores } from '../../storage/index.ts';
import { forecast } from '../../updater/forecast.ts';
import { instructionsOf, isUnchanged, jobDiff, wireDiff } from '../../updater/job-diff.ts';
import { leastMs, planBatches } from '../../updater/plan.ts';
import { lastUpdateOf, planDigest } from '../../updater/plan-digest.ts';
import type { UpdateRequest } from '../../updater/update-request.ts';
import { wireFunnel } from './funnels.ts';
import type { RpcSettings } from './rpc-settings.ts';

/** @throws AuroraError BAD_PARAMETER when the job is a cron job: those are replaced, not updated. */
export function refuseCronJob({ cronJobs }: ReadStores, { config }: UpdateRequest): void {
  if (cronJobs.get(config.job)) throw refused('Cron jobs are created and changed with scheduleCronJob only.');
}

/** Reasons why startJobUpdate would refuse the update, in its own words. */
function refusals(
  stores: ReadStores,
  { config }: UpdateRequest,
  instructions: JobUpdateInstructions,
): string[] {
  try {
    checkUpdateQuota(stores, { job: config.job, instructions });
    return [];
  } catch (error) {
    if (error instanceof AuroraError && error.code === 'BAD_PARAMETER') return [error.message];
    throw error;
  }
}

/**
 * What an update with this request would do. The forecast is made a little later than the rest, as offers come and go.
 * @throws AuroraError BAD_PARAMETER when the request breaks a rule that does not depend on the current state.
 */
export async function planned(
  request: UpdateRequest,
  { storage, pending }: Pick<RpcSettings, 'storage' | 'pending'>,
): Promise<Wire<'JobUpdatePlan'>> {
  const { config, settings } = request;
  const { diff, ...plan } = storage.read((stores) => {
    refuseCronJob(stores, request);
    const diff = jobDiff(stores, request);
    const instructions = instructionsOf(request, diff);
    const batches = planBatches(instructions);
    const active = stores.jobUpdates.activeOf(config.job);
    return {
      diff,
      digest: planDigest(stores, request),
      batches,
      activeUpdate: active && stores.jobUpdates.summary(active),
      lastUpdate: lastUpdateOf(stores, request),
      leastMs: leastMs(batches, settings.minWaitInInstanceRunningMs),
      refusals: isUnchanged(diff) ? [] : refusals(stores, request, instructions),
    };
  });
  const places = await forecast(pending, config, diff);
  const funnel = places.fitting < places.wanted ? wireFunnel(await pending.funnel(config), []) : undefined;
  return {
    ...plan,
    diff: wireDiff(request, diff),
    taskConfig: config,
    settings,
    forecast: { ...places, ...(funnel ? { funnel } : {}) },
  };
}
