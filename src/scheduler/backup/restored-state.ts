import type { JobUpdateStatus, JobUpdateSummary } from '../../api/index.ts';
import type { Random } from '../../base/random.ts';
import { newTaskId } from '../state/task-id.ts';
import { assignedTask, type Restoration, scheduledTask, type WriteStores } from '../storage/index.ts';
import type { Tables } from '../storage/tables.ts';

/** What was made of a backup, beside the mark that it is one. */
export interface RestoredState {
  /** Tasks without an agent that got new ids. */
  readonly renewed: number;
  /** Updates that were under way and are paused now. */
  readonly paused: readonly JobUpdateSummary[];
}

const PAUSED: { readonly [S in JobUpdateStatus]?: JobUpdateStatus } = {
  ROLLING_FORWARD: 'ROLL_FORWARD_PAUSED',
  ROLL_FORWARD_AWAITING_PULSE: 'ROLL_FORWARD_PAUSED',
  ROLLING_BACK: 'ROLL_BACK_PAUSED',
  ROLL_BACK_AWAITING_PULSE: 'ROLL_BACK_PAUSED',
};

/**
 * A task that waited for an agent when the backup was taken may run by now. Launched again under its id, it would be
 * refused by Mesos as a duplicate, and the one that runs would be killed for lost.
 */
function renewUnplaced({ tasks }: WriteStores, random: Random): number {
  const unplaced = tasks.inStatus('PENDING', 'THROTTLED');
  const freshId = (role: Parameters<typeof newTaskId>[0], instanceId: number): string => {
    const taskId = newTaskId(role, instanceId, random);
    return tasks.get(taskId) ? freshId(role, instanceId) : taskId;
  };
  for (const task of unplaced) {
    const { taskId: old, task: config, instanceId, ...rest } = task.assignedTask;
    const taskId = freshId(config.job, instanceId);
    tasks.delete(old);
    tasks.save(
      scheduledTask({ ...task, assignedTask: assignedTask({ ...rest, taskId, task: config, instanceId }) }),
    );
  }
  return unplaced.length;
}

/** An update that went on from where the backup has it would kill instances that it may have changed long since. */
function pauseUpdates({ jobUpdates }: WriteStores, { backup, restoredMs }: Restoration): JobUpdateSummary[] {
  const paused: JobUpdateSummary[] = [];
  for (const summary of [...jobUpdates.summaries()]) {
    const status = summary.state && PAUSED[summary.state.status];
    if (!status) continue;
    jobUpdates.addEvent(summary.key, {
      status,
      timestampMs: restoredMs,
      message: `The state was restored from ${backup}; resume or abort this update.`,
    });
    paused.push(summary);
  }
  return paused;
}

/**
 * Makes the tables of a backup a state that a scheduler can go on with: marked, and so that it harms nothing which runs
 * and is younger than the backup.
 */
export function makeRestored(tables: Tables, restoration: Restoration, random: Random): RestoredState {
  let made: RestoredState = { renewed: 0, paused: [] };
  tables.fill((stores) => {
    stores.restoration.save(restoration);
    made = { renewed: renewUnplaced(stores, random), paused: pauseUpdates(stores, restoration) };
  });
  return made;
}
