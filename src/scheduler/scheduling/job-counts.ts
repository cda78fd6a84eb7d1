import type { ReadStores } from '../storage/index.ts';
import { type AttributeCounts, attributeCounts } from './constraints.ts';
import { hostsOfJob } from './job-hosts.ts';
import type { Attempt } from './task-groups.ts';
import type { TaskRequest } from './task-request.ts';

type Stores = Pick<ReadStores, 'hosts' | 'tasks'>;

/** Counts of jobs' tasks by attribute, kept between the attempts of a group. */
export interface JobCounts {
  of(stores: Stores, attempt: Attempt, request: TaskRequest): AttributeCounts;
  /** Says that the counts now describe the job, including all that the attempt placed. */
  keep(stores: Stores, attempt: Attempt, counts: AttributeCounts): void;
}

interface Kept {
  counts: AttributeCounts;
  placement: number;
  hosts: number;
  /** False while an attempt is adding to the counts: the attempt may fail, and then they would be wrong. */
  isTrue: boolean;
}

/**
 * A job of a thousand tasks is placed in many attempts; without this, each would go through all tasks placed so far.
 * Kept counts are used only while no task of the job and no host has changed since.
 */
export function jobCounts(): JobCounts {
  const kept = new WeakMap<object, Kept>();
  return {
    of(stores, { config: { job }, group }, { constraints }) {
      const last = kept.get(group);
      const isTrue =
        last?.isTrue &&
        last.placement === stores.tasks.placement(job) &&
        last.hosts === stores.hosts.version();
      if (last) last.isTrue = false;
      if (last && isTrue) return last.counts;
      return attributeCounts(() => hostsOfJob(stores, job), constraints.limited);
    },
    keep(stores, { config: { job }, group }, counts) {
      const now = {
        counts,
        placement: stores.tasks.placement(job),
        hosts: stores.hosts.version(),
        isTrue: true,
      };
      const last = kept.get(group);
      if (last) Object.assign(last, now);
      else kept.set(group, now);
    },
  };
}
