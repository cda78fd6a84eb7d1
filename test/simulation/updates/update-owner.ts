import type { JobUpdateStatus, Wire } from '../../../src/api/index.ts';
import { type Random, randomBelow } from '../../../src/base/random.ts';
import type { ApiCall } from '../scheduler-process.ts';
import { between, chance, pick, type World } from '../world.ts';

/** Role of the jobs that are changed by updates alone. */
export const UPDATED_ROLE = 'upd';
/** What one of their tasks takes, its executor included. */
export const UPDATED_CPUS = 0.75;
export const MOST_UPDATED = 8;

/** Versions that no machine can run begin so. */
const BROKEN = 'broken';
export const isBroken = (version: string | undefined): boolean => version?.startsWith(BROKEN) ?? false;

export interface UpdatedJob {
  readonly key: { readonly role: string; readonly environment: string; readonly name: string };
}

/** An update as its owner asked for it. */
export interface AskedUpdate {
  readonly version: string;
  readonly instances: number;
  readonly settings: Wire<'JobUpdateSettings'>;
}

export interface UpdateOwner {
  readonly job: UpdatedJob;
  /** Updates whose start was acknowledged, by id, and those whose abortion was. */
  readonly started: ReadonlyMap<string, AskedUpdate>;
  readonly aborted: ReadonlySet<string>;
  start(random: Random): void;
  steer(random: Random): void;
  /** From now on every update is helped to its end. */
  finish(): void;
}

const PULSE_MS = 20_000;

function settingsFor(random: Random): Wire<'JobUpdateSettings'> {
  const groupSize = 1 + randomBelow(random, 3);
  const autopauseAfterBatch = chance(random, 0.3);
  const updateStrategy = pick(random, [
    { queueStrategy: { groupSize } },
    { batchStrategy: { groupSize, autopauseAfterBatch } },
    { varBatchStrategy: { groupSizes: [1, groupSize], autopauseAfterBatch } },
  ]);
  return {
    updateStrategy: updateStrategy ?? {},
    maxPerInstanceFailures: randomBelow(random, 3),
    maxFailedInstances: randomBelow(random, 3),
    minWaitInInstanceRunningMs: Math.round(between(random, 0, 30_000)),
    rollbackOnFailure: chance(random, 0.8),
    blockIfNoPulsesAfterMs: chance(random, 0.25) ? Math.round(between(random, 15_000, 60_000)) : 0,
  };
}

/** The one user who updates a job. */
export function updateOwner(
  job: UpdatedJob,
  { world, call }: { readonly world: World; readonly call: ApiCall },
): UpdateOwner {
  const started = new Map<string, AskedUpdate>();
  const aborted = new Set<string>();
  let versions = 0;
  let finishing = false;

  /** The active update; 'none' when it is certain that there is none. */
  const activeOne = async (): Promise<Wire<'JobUpdateSummary'> | 'none' | undefined> => {
    const statuses: JobUpdateStatus[] = [
      'ROLLING_FORWARD',
      'ROLLING_BACK',
      'ROLL_FORWARD_PAUSED',
      'ROLL_BACK_PAUSED',
      'ROLL_FORWARD_AWAITING_PULSE',
      'ROLL_BACK_AWAITING_PULSE',
    ];
    const query = { jobKey: job.key, updateStatuses: statuses };
    const { response } = await call('getJobUpdateSummaries', { jobUpdateQuery: query });
    const found = response?.result?.getJobUpdateSummariesResult?.updateSummaries;
    return found?.length === 0 ? 'none' : found?.[0];
  };
  const start = async (random: Random) => {
    const version = `${chance(random, 0.3) ? BROKEN : 'good'}-${job.key.name}-${++versions}`;
    const asked = {
      version,
      instances: 1 + randomBelow(random, MOST_UPDATED),
      settings: settingsFor(random),
    };
    const taskConfig: Wire<'TaskConfig'> = {
      job: job.key,
      owner: { user: 'alice' },
      isService: true,
      contactEmail: version,
      maxTaskFailures: -1,
      tier: 'preferred',
      executorConfig: { name: 'AuroraExecutor', data: '{}' },
      resources: [{ numCpus: 0.5 }, { ramMb: 128 }, { diskMb: 64 }],
    };
    const request = { taskConfig, instanceCount: asked.instances, settings: asked.settings };
    const { response } = await call('startJobUpdate', { request });
    const key = response?.responseCode === 'OK' ? response.result?.startJobUpdateResult?.key : undefined;
    world.trace(
      'user',
      `update of ${job.key.name} to ${asked.instances} ${version}: ${response?.responseCode ?? 'no answer'}`,
    );
    if (key?.id !== undefined) started.set(key.id, asked);
  };
  const steer = async (random: Random) => {
    const active = await activeOne();
    if (!active || active === 'none' || !active.key) return;
    const what = pick(random, ['pause', 'resume', 'resume', 'abort', 'rollback'] as const) ?? 'pause';
    const { response } = await call(`${what}JobUpdate`, { key: active.key });
    world.trace('user', `${what} ${active.key.id}: ${response?.responseCode ?? 'no answer'}`);
    if (what === 'abort' && response?.responseCode === 'OK' && active.key.id !== undefined)
      aborted.add(active.key.id);
  };
  /** Pulses that stop from time to time; and, at the end, whatever the update waits for. */
  const help = async () => {
    const isAway = versions === 0 || (!finishing && chance(world.random, 0.3));
    const active = isAway ? undefined : await activeOne();
    if (finishing && (active === 'none' || versions === 0)) return;
    if (active && active !== 'none' && active.key) {
      await call('pulseJobUpdate', { key: active.key });
      if (finishing && active.state?.status?.endsWith('_PAUSED'))
        await call('resumeJobUpdate', { key: active.key });
    }
    world.time.after(PULSE_MS, () => void help());
  };
  world.time.after(PULSE_MS, () => void help());
  return {
    job,
    started,
    aborted,
    start: (random) => void start(random),
    steer: (random) => void steer(random),
    finish() {
      finishing = true;
    },
  };
}
