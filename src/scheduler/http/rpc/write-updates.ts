import { type JobKey, type JobUpdate, type JobUpdateKey, normalise, type Wire } from '../../../api/index.ts';
import { type Random, uuid } from '../../../base/random.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { checkUpdateQuota } from '../../quota/quota.ts';
import type { ReadStores, WriteTransaction } from '../../storage/index.ts';
import { instructionsOf, isUnchanged, jobDiff } from '../../updater/job-diff.ts';
import type { JobUpdates } from '../../updater/job-updates.ts';
import { staleness } from '../../updater/plan-digest.ts';
import { restartInstructions } from '../../updater/restart.ts';
import type { Audit } from '../../updater/status-changes.ts';
import { type RequestRules, type UpdateRequest, validRequest } from '../../updater/update-request.ts';
import type { Caller } from '../caller.ts';
import { changed, type Handlers, type Outcome, ok, okWithDetail } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';
import { planned, refuseCronJob } from './update-plans.ts';
import { requiredUpdateKey } from './update-queries.ts';

export interface UpdateCallSettings extends RpcSettings, RequestRules {
  readonly updates: JobUpdates;
  readonly random: Random;
}

/** Longest message that a user may add to a change, in characters. */
const MAX_MESSAGE = 1024;

function auditOf({ user }: Caller, message: string | undefined): Audit {
  if (message !== undefined && message.length > MAX_MESSAGE)
    throw refused(`A message may have ${MAX_MESSAGE} characters at most; this one has ${message.length}.`);
  return { user, message };
}

/** Refuses because of an active update. The reply includes it, so that a client can recognise an update of its own. */
function inProgress({ jobUpdates }: ReadStores, key: JobUpdateKey): Outcome {
  const updateSummary = jobUpdates.summary(key);
  return {
    code: 'INVALID_REQUEST',
    result: { startJobUpdateResult: { key, ...(updateSummary ? { updateSummary } : {}) } },
    details: [
      `Update ${key.id} of the job is active (${updateSummary?.state?.status}); it has to end before another can start.`,
    ],
  };
}

/** The reviewed plan no longer matches what would happen; `stale` lists the differences. */
interface Stale {
  readonly stale: readonly string[];
}

/** Calls that start and control job updates; each replies when its write is durable. */
export function updateWrites(settings: UpdateCallSettings) {
  const { random, storage, updates } = settings;

  const start = (
    tx: WriteTransaction,
    request: UpdateRequest,
    planDigest: string | undefined,
    audit: Audit,
  ): Outcome | Stale => {
    const { config, instanceCount, metadata } = request;
    refuseCronJob(tx, request);
    const active = tx.jobUpdates.activeOf(config.job);
    const diff = jobDiff(tx, request);
    if (planDigest !== undefined) {
      if (active) return inProgress(tx, active);
      const stale = staleness(tx, request, planDigest);
      if (stale.length > 0) return { stale };
    }
    if (isUnchanged(diff)) return okWithDetail('Job is unchanged by proposed update.');
    const instructions = instructionsOf(request, diff);
    checkUpdateQuota(tx, { job: config.job, instructions });
    if (active) return inProgress(tx, active);
    const key = { job: config.job, id: uuid(random) };
    const update: JobUpdate = { summary: { key, user: audit.user ?? '', metadata }, instructions };
    updates.add(tx, update, audit);
    return {
      ...changed(instanceCount),
      result: { startJobUpdateResult: { key, updateSummary: update.summary } },
    };
  };
  const restart = (
    tx: WriteTransaction,
    job: JobKey,
    request: Wire<'JobRestartRequest'>,
    audit: Audit,
  ): Outcome => {
    const instructions = restartInstructions(tx, job, request, settings);
    const active = tx.jobUpdates.activeOf(job);
    if (active) return inProgress(tx, active);
    const key = { job, id: uuid(random) };
    const metadata = (request.metadata ?? []).map((one) => normalise('Metadata', one));
    const update: JobUpdate = { summary: { key, user: audit.user ?? '', metadata }, instructions };
    updates.add(tx, update, audit);
    return {
      ...changed(instructions.restart?.taskIds.length ?? 0),
      result: { startJobUpdateResult: { key, updateSummary: update.summary } },
    };
  };
  const change = (
    what: 'pause' | 'resume' | 'abort' | 'rollback',
    { key, message }: { key?: Wire<'JobUpdateKey'>; message?: string },
    caller: Caller,
  ) => {
    const wanted = requiredUpdateKey(key);
    const audit = auditOf(caller, message);
    return storage.write((tx) => {
      updates[what](tx, wanted, audit);
      return ok();
    });
  };
  return {
    async startJobUpdate({ request: wire, message }, caller) {
      const request = validRequest(wire, settings);
      const audit = auditOf(caller, message);
      const started = await storage.write((tx) => start(tx, request, wire?.planDigest, audit));
      if (!('stale' in started)) return started;
      return {
        code: 'INVALID_REQUEST',
        result: { planJobUpdateResult: { plan: await planned(request, settings) } },
        details: started.stale,
      };
    },
    startJobRestart({ request, message }, caller) {
      const job = requiredJobKey(request?.job);
      const audit = auditOf(caller, message);
      return storage.write((tx) => restart(tx, job, request as Wire<'JobRestartRequest'>, audit));
    },
    pauseJobUpdate: (args, caller) => change('pause', args, caller),
    resumeJobUpdate: (args, caller) => change('resume', args, caller),
    abortJobUpdate: (args, caller) => change('abort', args, caller),
    rollbackJobUpdate: (args, caller) => change('rollback', args, caller),
    pulseJobUpdate({ key }) {
      const wanted = requiredUpdateKey(key);
      return storage.write((tx) =>
        ok({ pulseJobUpdateResult: { status: updates.pulse(tx, wanted) ? 'OK' : 'FINISHED' } }),
      );
    },
  } satisfies Handlers;
}
