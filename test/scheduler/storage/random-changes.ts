import fc from 'fast-check';
import type { ScheduledTask, ScheduleStatus } from '../../../src/api/index.ts';
import type { WriteTransaction } from '../../../src/scheduler/storage/index.ts';
import { sampleConfig, sampleTask } from './sample.ts';

/** One change of some store; small key spaces, so that changes meet. */
export type Change = (tx: WriteTransaction) => void;

const STATUSES: ScheduleStatus[] = [
  'INIT',
  'PENDING',
  'THROTTLED',
  'ASSIGNED',
  'RUNNING',
  'KILLING',
  'PARTITIONED',
  'FINISHED',
  'LOST',
];
const few = fc.nat(2);

const configOf = (kind: number) => sampleConfig(['web', 'db', 'cache'][kind]!, { priority: kind % 2 });

/** A task's job, instance and configuration follow from its number. */
const baseTask = (number: number): ScheduledTask =>
  sampleTask(`task-${number}`, number % 2, 'INIT', configOf(number % 3));

const saveTask = fc
  .record({ number: fc.nat(8), status: fc.constantFrom(...STATUSES), host: few, events: few, failures: few })
  .map(
    ({ number, status, host, events, failures }): Change =>
      (tx) => {
        const old = tx.tasks.get(`task-${number}`) ?? baseTask(number);
        const { task, instanceId } = old.assignedTask;
        const holder = tx.tasks.activeInstance(task.job, instanceId)?.assignedTask.taskId;
        const free = holder === undefined || holder === `task-${number}`;
        tx.tasks.save({
          ...old,
          status: free ? status : 'LOST',
          failureCount: failures,
          timesPartitioned: events,
          ...(failures === 2 ? { ancestorId: 'task-before' } : {}),
          taskEvents: [
            ...old.taskEvents.slice(0, 4 - events),
            {
              timestamp: 1_700_000_000_000 + number,
              status,
              scheduler: 's',
              ...(events ? { message: 'ä…' } : {}),
            },
          ],
          assignedTask: {
            ...old.assignedTask,
            assignedPorts: host === 2 ? { http: 31_000 + number, admin: 1 } : {},
            ...(host === 0 ? {} : { slaveHost: `host-${host}`, slaveId: `agent-${host}` }),
          },
        });
      },
  );

const key = (id: number) => ({ job: configOf(id % 2).job, id: `update-${id}` });
const at = (timestampMs: number) => ({ timestampMs });

const other: fc.Arbitrary<Change> = fc.oneof(
  fc.nat(8).map(
    (number): Change =>
      (tx) =>
        void tx.tasks.delete(`task-${number}`),
  ),
  few.map(
    (kind): Change =>
      (tx) => {
        const taskConfig = configOf(kind);
        tx.cronJobs.save({
          key: taskConfig.job,
          cronSchedule: '* * * * *',
          taskConfig,
          instanceCount: kind + 1,
        });
      },
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        void tx.cronJobs.delete(configOf(kind).job),
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        tx.quotas.save(`role-${kind % 2}`, { resources: [{ numCpus: kind }] }),
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        void tx.quotas.delete(`role-${kind % 2}`),
  ),
  few.map(
    (kind): Change =>
      (tx) => {
        tx.hosts.save({
          host: `host-${kind % 2}`,
          attributes: [{ name: 'rack', values: ['r'] }],
          slaveId: 'a',
        });
      },
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        void tx.modes.set(`host-${kind % 2}`, kind === 1 ? 'DRAINING' : 'NONE'),
  ),
  few.map(
    (kind): Change =>
      (tx) => {
        const defaultSlaPolicy = { percentageSlaPolicy: { percentage: 0, durationSecs: 0 } };
        tx.maintenance.save({
          host: `host-${kind % 2}`,
          defaultSlaPolicy,
          timeoutSecs: kind,
          createdTimestampMs: 5,
        });
      },
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        void tx.maintenance.delete(`host-${kind % 2}`),
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        tx.framework.saveId(`framework-${kind}`),
  ),
  few.map(
    (kind): Change =>
      (tx) =>
        kind === 0
          ? tx.restoration.clear()
          : tx.restoration.save({ backup: `backup-${kind}`, takenMs: kind, restoredMs: 5 }),
  ),
  few.map(
    (id): Change =>
      (tx) => {
        const desiredState = { task: configOf(id), instances: [{ first: 0, last: id }] };
        const settings = {
          updateGroupSize: 1,
          maxPerInstanceFailures: 0,
          maxFailedInstances: 0,
          minWaitInInstanceRunningMs: 1,
          rollbackOnFailure: true,
          updateOnlyTheseInstances: [],
          waitForBatchCompletion: false,
          blockIfNoPulsesAfterMs: 0,
          slaAware: false,
        };
        tx.jobUpdates.save({
          summary: { user: 'u', key: key(id), metadata: [] },
          instructions: { initialState: [], desiredState, settings },
        });
      },
  ),
  few.map(
    (id): Change =>
      (tx) => {
        if (!tx.jobUpdates.summary(key(id))) return;
        tx.jobUpdates.addEvent(key(id), {
          status: id === 0 ? 'ROLLED_FORWARD' : 'ROLLING_FORWARD',
          ...at(10 + id),
        });
        tx.jobUpdates.addInstanceEvent(key(id), {
          instanceId: 0,
          action: 'INSTANCE_UPDATED',
          ...at(20 + id),
        });
        const taken = 30 + id;
        tx.jobUpdates.addFailure(key(id), id === 0 ? 'back' : 'forward', id);
        tx.jobUpdates.saveProgress(key(id), { direction: 'back', taken, batchStart: 1, batchEnd: taken });
        tx.jobUpdates.savePulse(key(id), taken);
      },
  ),
  few.map(
    (id): Change =>
      (tx) =>
        void tx.jobUpdates.delete(key(id)),
  ),
);

/** The changes of one transaction. */
export const someChanges: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: saveTask }, { weight: 4, arbitrary: other }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

export function applyAll(tx: WriteTransaction, changes: readonly Change[]): void {
  for (const change of changes) change(tx);
}
