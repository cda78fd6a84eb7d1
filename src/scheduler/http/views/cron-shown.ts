import type { JobConfiguration, Wire } from '../../../api/index.ts';
import { toNumber } from '../../../api/index.ts';
import type { CronRunShown, CronShown } from '../../../api/views/job.ts';
import type { Caller } from '../caller.ts';
import type { ViewWorld } from './view-settings.ts';

type Run = Wire<'CronRun'>;

const runShown = ({ decidedMs, outcome, reason, tickMs, user }: Run): CronRunShown => ({
  outcome: outcome ?? '',
  atMs: toNumber(tickMs ?? decidedMs ?? 0),
  ...(user ? { user } : {}),
  ...(reason ? { reason } : {}),
});

/** A cron job's schedule and its last runs, newest first, as getCronJobStatus reports them. */
export async function cronShown(
  { handlers }: ViewWorld,
  job: JobConfiguration,
  caller: Caller,
): Promise<CronShown> {
  const outcome = await handlers.getCronJobStatus?.({ job: job.key }, caller);
  const status = outcome?.result?.cronJobStatusResult?.status;
  const runs = (status?.runs ?? []).map(runShown).reverse();
  return {
    schedule: job.cronSchedule ?? '',
    zone: status?.timeZone ?? '',
    ...(status?.timeZone ? {} : { problem: 'this schedule cannot be read; the job does not run' }),
    collision: job.cronCollisionPolicy ?? 'KILL_EXISTING',
    nextMs: (status?.nextTicksMs ?? []).map(toNumber),
    runs: status?.waiting ? [runShown(status.waiting), ...runs] : runs,
    missed: toNumber(status?.missedTicks ?? 0),
  };
}
