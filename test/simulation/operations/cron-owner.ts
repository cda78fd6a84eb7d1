import type { Wire } from '../../../src/api/index.ts';
import { type Random, randomBelow } from '../../../src/base/random.ts';
import type { ApiCall } from '../scheduler-process.ts';
import { chance, pick, type World } from '../world.ts';

const CRON_ROLE = 'cron';
const MOST_CRON = 3;
const RETRY_MS = 3_000;
const MINUTE_MS = 60_000;

/** A cron job that is scheduled once, started by hand now and then, and descheduled at the end. */
export interface CronJob {
  readonly prefix: string;
  readonly key: { readonly role: string; readonly environment: string; readonly name: string };
  readonly everyMs: number;
  readonly wire: Wire<'JobConfiguration'>;
}

export function cronJobs(random: Random): CronJob[] {
  return Array.from({ length: randomBelow(random, 3) }, (_, at) => {
    const key = { role: CRON_ROLE, environment: 'prod', name: `tick${at}` };
    const everyMinutes = pick(random, [1, 1, 2, 5]) ?? 1;
    return {
      prefix: `${key.role}-${key.environment}-${key.name}`,
      key,
      everyMs: everyMinutes * MINUTE_MS,
      wire: {
        key,
        owner: { user: 'alice' },
        cronSchedule: `*/${everyMinutes} * * * *`,
        cronCollisionPolicy: chance(random, 0.7) ? 'KILL_EXISTING' : 'CANCEL_NEW',
        cronMissedTickPolicy: chance(random, 0.5) ? 'RUN_ONCE' : 'SKIP',
        instanceCount: 1 + randomBelow(random, MOST_CRON),
        taskConfig: {
          job: key,
          owner: { user: 'alice' },
          isService: false,
          maxTaskFailures: 1,
          tier: 'preemptible',
          executorConfig: { name: 'AuroraExecutor', data: '{}' },
          resources: [{ numCpus: 0.25 }, { ramMb: 64 }, { diskMb: 16 }],
        },
      },
    };
  });
}

export interface CronOwner {
  readonly job: CronJob;
  /** A run is asked for. */
  startNow(): void;
  /** The job is descheduled, however long that takes. */
  finish(): void;
}

/** The one user of a cron job. */
export function cronOwner(
  job: CronJob,
  { world, call }: { readonly world: World; readonly call: ApiCall },
): CronOwner {
  const insist = async (what: string, once: () => ReturnType<ApiCall>) => {
    const { response } = await once();
    world.trace('user', `${what} ${job.prefix}: ${response?.responseCode ?? 'no answer'}`);
    if (response?.responseCode !== 'OK') world.time.after(RETRY_MS, () => void insist(what, once));
  };
  // Again and again until it is acknowledged: the same schedule once more is no other one.
  world.time.after(
    1_000,
    () => void insist('schedule', () => call('scheduleCronJob', { description: job.wire })),
  );
  return {
    job,
    startNow() {
      void call('startCronJob', { job: job.key }).then(({ response }) =>
        world.trace('user', `start ${job.prefix}: ${response?.responseCode ?? 'no answer'}`),
      );
    },
    finish: () => void insist('deschedule', () => call('descheduleCronJob', { job: job.key })),
  };
}
