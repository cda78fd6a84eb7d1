import type { JobConfiguration } from '../../../api/index.ts';
import type { CronReply, CronRow } from '../../../api/views/cron.ts';
import { turns } from '../../../base/turns.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { cronShown } from './cron-shown.ts';
import { listed, matcher } from './list-query.ts';
import type { View, ViewWorld } from './view-settings.ts';

interface Entry {
  readonly job: JobConfiguration;
  readonly key: string;
  readonly nextMs: number | undefined;
}

const COLUMNS = {
  job: ({ key }: Entry) => key,
  next: ({ nextMs }: Entry) => nextMs,
  schedule: ({ job }: Entry) => job.cronSchedule,
};

async function row(
  world: ViewWorld,
  { job, key, nextMs }: Entry,
  caller: Parameters<View>[2],
): Promise<CronRow> {
  const { collision, missed, problem, runs, schedule, zone } = await cronShown(world, job, caller);
  return {
    job: key,
    schedule,
    zone,
    collision,
    missed,
    ...(problem ? { problem } : {}),
    ...(nextMs === undefined ? {} : { nextMs }),
    ...(runs[0] ? { last: runs[0] } : {}),
    running: world.rows.of(job.key)?.counts.RUNNING ?? 0,
  };
}

/** All cron jobs. */
export const cronView: View = async (world, query, caller): Promise<CronReply> => {
  const fits = matcher(query.q);
  const turn = turns(world.clock);
  const entries: Entry[] = [];
  for (const job of world.storage.read(({ cronJobs }) => [...cronJobs.all()])) {
    const key = jobKeyText(job.key);
    if (fits(key)) entries.push({ job, key, nextMs: world.nextCronRunMs(job) });
    const pause = turn();
    if (pause) await pause;
  }
  const part = listed(entries, COLUMNS, { sort: 'next', ...query });
  return { ...part, rows: await Promise.all(part.rows.map((entry) => row(world, entry, caller))) };
};
