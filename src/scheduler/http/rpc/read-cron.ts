import type { Wire } from '../../../api/index.ts';
import type { Cron } from '../../cron/cron.ts';
import { requiredJobKey } from '../../jobs/job-key.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { type Handlers, ok } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';

/** How many of the next ticks are listed. */
const NEXT_TICKS = 5;

/** Calls that read cron jobs. */
export function cronReads({ storage }: Pick<RpcSettings, 'storage'>, cron: Cron) {
  return {
    getCronJobStatus({ job: wire }) {
      const key = requiredJobKey(wire);
      const { job, progress } = storage.read(({ cronJobs, cronProgress }) => ({
        job: cronJobs.get(key),
        progress: cronProgress.get(key),
      }));
      if (!job) throw refused(`No cron job ${jobKeyText(key)} is scheduled.`);
      const schedule = cron.scheduleOf(job);
      const nextTicksMs: number[] = [];
      if (!('problem' in schedule))
        for (
          let tick = cron.nextTickMs(job);
          tick !== undefined && nextTicksMs.length < NEXT_TICKS;
          tick = schedule.next(tick)
        )
          nextTicksMs.push(tick);
      const status: Wire<'CronJobStatus'> = {
        job,
        timeZone: 'problem' in schedule ? '' : schedule.zone,
        nextTicksMs,
        runs: [...(progress?.runs ?? [])],
        ...(progress?.waiting ? { waiting: progress.waiting } : {}),
        missedTicks: progress?.missed ?? 0,
      };
      return ok({ cronJobStatusResult: { status } });
    },
  } satisfies Handlers;
}
