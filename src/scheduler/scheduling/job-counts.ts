import type { ReadStores } from '../storage/index.ts';
import { type AttributeCounts, attributeCounts } from './constraints.ts';
import { hostsOfJob } from './job-hosts.ts';
import type { Attempt } from './task-groups.ts';
import type { TaskRequest } from './task-request.ts';

type Stores = Pick<ReadStores, 'hosts' | 'tasks'>;

/** Counts of the tasks of jobs by attribute, kept from one attempt of a group to the next. */
export interface JobCounts {
  of(stores: Stores, attempt: Attempt, request: TaskRequest): AttributeCounts;
  /** The counts say how the job stands now, with all that the attempt placed. */
  keep(stores: Stores, attempt: Attempt, counts: AttributeCounts): void;
}

interface Kept {
  counts: AttributeCounts;
  placement: number;
  hosts: number;
  /** False while an attempt adds to the counts: what becomes of it is not known. */
  isTrue: boolean;
}

/**
 * A job of a thousand tasks is placed in many attempts; without this, each would look at all tasks that are placed
 * already. What is kept is used only while no task of the job and no host has moved since.
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
