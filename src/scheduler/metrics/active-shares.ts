import type { Clock } from '../../base/clock.ts';
import type { Storage } from '../storage/index.ts';
import { type ConfigShare, countByConfig } from './consumption.ts';

/** Tasks that are looked at before others get a turn. */
const SLICE_TASKS = 10_000;

/**
 * The active tasks of all jobs, or of one role's, counted by configuration. A million tasks take a while, so others
 * get their turn in between; each job is seen at one moment, different jobs may be seen at different ones.
 */
export async function activeShares(storage: Storage, clock: Clock, role?: string): Promise<ConfigShare[]> {
  const jobs = storage.read(({ tasks }) => [...(role === undefined ? tasks.jobs() : tasks.jobsOfRole(role))]);
  const shares: ConfigShare[] = [];
  let seen = 0;
  for (const job of jobs) {
    const tasks = storage.read((stores) => stores.tasks.activeOf(job));
    for (const [config, count] of countByConfig(tasks)) shares.push({ job, config, tasks: count });
    seen += tasks.length + 1;
    if (seen < SLICE_TASKS) continue;
    seen = 0;
    await new Promise<void>((resolve) => clock.after(0, resolve));
  }
  return shares;
}
