import { ENUMS, type JobKey, type ScheduledTask, type ScheduleStatus } from '../../api/index.ts';
import { DEDICATED } from '../../api/rules/constraints.ts';
import { attributesOf } from '../scheduling/job-hosts.ts';
import type { StateEvent } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { Counters } from './counters.ts';

/** Ends of tasks that somebody should look into; counted by job. */
type Trouble = 'LOST' | 'FAILED';
const TROUBLE: readonly Trouble[] = ['LOST', 'FAILED'];

const isTrouble = (status: ScheduleStatus): status is Trouble => status === 'LOST' || status === 'FAILED';

const jobCounter = (status: Trouble, job: JobKey): string => `tasks_${status}_${jobKeyText(job)}`;

/**
 * Counts tasks by status, and lost or failed ones by job, rack and dedicated role; returns the listener for state
 * changes. A job's counters are removed with its last task, whereas the original keeps them for ever. Source of the
 * names: the original's TaskVars.
 */
export function taskVars(storage: Storage, counters: Counters): (event: StateEvent) => void {
  for (const status of Object.keys(ENUMS.ScheduleStatus) as ScheduleStatus[])
    counters.gauge(`task_store_${status}`, () =>
      storage.read((stores) => stores.tasks.countInStatus(status)),
    );

  const lost = (task: ScheduledTask) => {
    const stored = storage.read((stores) => attributesOf(stores, task));
    for (const { name, values } of stored?.attributes ?? []) {
      for (const value of values) {
        if (name === 'rack') counters.add(`tasks_lost_rack_${value}`);
        if (name === DEDICATED) counters.add(`tasks_lost_dedicated_${value.replaceAll('*', '_')}`);
      }
    }
  };
  return (event) => {
    if (event.kind === 'taskStateChanged') {
      const { status, assignedTask } = event.task;
      if (isTrouble(status)) counters.add(jobCounter(status, assignedTask.task.job));
      if (status === 'LOST') lost(event.task);
    } else if (event.kind === 'tasksDeleted') {
      const jobs = new Set(event.tasks.map(({ assignedTask }) => assignedTask.task.job));
      for (const job of jobs) {
        if (storage.read((stores) => stores.tasks.ofJob(job).length) > 0) continue;
        for (const status of TROUBLE) counters.forget(jobCounter(status, job));
      }
    }
  };
}
