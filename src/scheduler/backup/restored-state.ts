import type { JobUpdateStatus, JobUpdateSummary } from '../../api/index.ts';
import type { Random } from '../../base/random.ts';
import { newTaskId } from '../state/task-id.ts';
import { assignedTask, type Restoration, scheduledTask, type WriteStores } from '../storage/index.ts';
import type { Tables } from '../storage/tables.ts';

/** What was changed to make a backup usable as a state, besides marking it as restored. */
export interface RestoredState {
  /** How many tasks without an agent got new ids. */
  readonly renewed: number;
  /** Updates that were in progress and are now paused. */
  readonly paused: readonly JobUpdateSummary[];
}

const PAUSED: { readonly [S in JobUpdateStatus]?: JobUpdateStatus } = {
  ROLLING_FORWARD: 'ROLL_FORWARD_PAUSED',
  ROLL_FORWARD_AWAITING_PULSE: 'ROLL_FORWARD_PAUSED',
  ROLLING_BACK: 'ROLL_BACK_PAUSED',
  ROLL_BACK_AWAITING_PULSE: 'ROLL_BACK_PAUSED',
};

/**
 * Gives new ids to tasks that waited for an agent. Such a task may have been launched after the backup was taken. If it were
 * launched again under its old id, Mesos would refuse it as a duplicate, and the running task would be treated as lost.
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

/** Pauses updates: continuing from the backup's progress, they would kill instances that they may have updated already. */
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
 * Turns the tables of a backup into a state that a scheduler can continue with: marks it as restored, and makes sure
 * that it harms nothing that runs and is newer than the backup.
 */
export function makeRestored(tables: Tables, restoration: Restoration, random: Random): RestoredState {
  let made: RestoredState = { renewed: 0, paused: [] };
  tables.fill((stores) => {
    stores.restoration.save(restoration);
    made = { renewed: renewUnplaced(stores, random), paused: pauseUpdates(stores, restoration) };
  });
  return made;
}
