import {
  type JobUpdate,
  type JobUpdateAction,
  type JobUpdateKey,
  type JobUpdateSettings,
  normalise,
  type ScheduledTask,
  type ScheduleStatus,
  type TaskConfig,
  type Wire,
} from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { flagSlice } from '../../../src/scheduler/flags/slices.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { slaGate } from '../../../src/scheduler/sla/sla-gate.ts';
import { stateEvents, stateManager } from '../../../src/scheduler/state/index.ts';
import type { Storage } from '../../../src/scheduler/storage/index.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { activeRuns } from '../../../src/scheduler/updater/active-runs.ts';
import { rangesOf } from '../../../src/scheduler/updater/instances.ts';
import { type JobUpdates, jobUpdates } from '../../../src/scheduler/updater/job-updates.ts';
import { restartInstructions } from '../../../src/scheduler/updater/restart.ts';
import { type UpdateKills, updateKills } from '../../../src/scheduler/updater/update-kills.ts';
import { JOB, taskConfig } from '../builders.ts';
import { type MemoryLog, memoryLog } from '../storage/memory-log.ts';
import { storageOn } from '../storage/sample.ts';

export const KEY: JobUpdateKey = { job: JOB, id: 'update-1' };

/** At least two others have been running for ten seconds. */
const TWO_OTHERS = { countSlaPolicy: { count: 2, durationSecs: 10 } };

/** A configuration of the job, told from others by its name; one called sla-... has promises to keep. */
export const version = (name: string): TaskConfig =>
  taskConfig({ contactEmail: name, ...(name.startsWith('sla-') ? { slaPolicy: TWO_OTHERS } : {}) });

export const settingsOf = (change: Wire<'JobUpdateSettings'> = {}): JobUpdateSettings =>
  normalise('JobUpdateSettings', {
    rollbackOnFailure: true,
    updateStrategy: { queueStrategy: { groupSize: 1 } },
    ...change,
  });

export const batchOf = (groupSize: number, autopauseAfterBatch = false): Wire<'JobUpdateSettings'> => ({
  updateStrategy: { batchStrategy: { groupSize, autopauseAfterBatch } },
});
export const queueOf = (groupSize: number): Wire<'JobUpdateSettings'> => ({
  updateStrategy: { queueStrategy: { groupSize } },
});
export const groupsOf = (groupSizes: number[], autopauseAfterBatch = false): Wire<'JobUpdateSettings'> => ({
  updateStrategy: { varBatchStrategy: { groupSizes, autopauseAfterBatch } },
});

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** What the cluster makes of tasks when it is left to itself; undefined: nothing yet. */
export type Fate = (task: ScheduledTask) => ScheduleStatus | undefined;

/** Every task runs, and ends when it is to. */
export const WELL: Fate = ({ status }) =>
  status === 'PENDING'
    ? 'ASSIGNED'
    : status === 'ASSIGNED'
      ? 'RUNNING'
      : status === 'KILLING'
        ? 'KILLED'
        : undefined;

/** As WELL, but tasks of the configuration fail instead of running; of the instances, when some are given. */
export const failing =
  (name: string, instances?: readonly number[]): Fate =>
  (task) => {
    const { instanceId, task: config } = task.assignedTask;
    const isOne = config.contactEmail === name && (instances?.includes(instanceId) ?? true);
    return isOne && task.status === 'ASSIGNED' ? 'FAILED' : WELL(task);
  };

/** Job updates over real stores and a real task state machine, on a clock and a cluster that the test drives. */
export async function scene() {
  const clock = manualClock();
  const random = seededRandom(1);
  let log: MemoryLog = memoryLog();
  let storage: Storage;
  let updates: JobUpdates;
  let kills: UpdateKills;
  let state: ReturnType<typeof stateManager>;
  const counts = counters();

  const start = async () => {
    const events = stateEvents(silentLogger, { add: () => {} });
    const runs = activeRuns();
    storage = await storageOn(log, { clock });
    state = stateManager({
      clock,
      random,
      counters: counts,
      events,
      kill: () => {},
      schedulerHost: 'here',
      flapping: {
        flappingTaskThresholdMs: 0,
        initialFlappingTaskDelayMs: 1,
        maxFlappingTaskDelayMs: 1,
      },
      ended: runs.ended,
    });
    const gate = slaGate({
      clock,
      counters: counts,
      storage,
      tiers: BUILT_IN_TIERS,
      flags: flagSlice(
        parseSchedulerFlags(['-min_required_instances_for_sla_check=0', '-sla_aware_kill_non_prod']),
        'sla',
      ),
    });
    kills = updateKills({
      clock,
      random,
      log: silentLogger,
      counters: counts,
      state,
      events,
      gate,
      killed: () => {},
      retry: { initialMs: 60_000, maxMs: 300_000 },
    });
    updates = jobUpdates({
      clock,
      log: silentLogger,
      counters: counts,
      storage,
      state,
      events,
      runs,
      kills,
    });
    updates.begin();
  };
  await start();

  /** Lets everything happen that needs no time to pass. */
  const quiet = async () => {
    for (let still = 0; still < 3; still++) {
      const before = log.records.length;
      clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
      if (log.records.length > before) still = -1;
    }
  };
  const active = (): ScheduledTask[] =>
    storage
      .read(({ tasks }) => tasks.activeOf(JOB))
      .sort((a, b) => a.assignedTask.instanceId - b.assignedTask.instanceId);
  const move = (task: ScheduledTask, to: ScheduleStatus) =>
    storage.write((tx) => {
      const { taskId } = task.assignedTask;
      if (to !== 'ASSIGNED') return void state.changeState(tx, { taskId, to });
      state.assignTask(tx, { taskId, slaveId: 'a', slaveHost: 'h', assignedPorts: {} });
    });
  /** One step of every task's fate; false when none had one. */
  const step = async (fate: Fate): Promise<boolean> => {
    let moved = false;
    for (const task of active()) {
      const to = fate(task);
      if (!to) continue;
      moved = true;
      await move(task, to);
    }
    await quiet();
    return moved;
  };
  const settle = async (fate: Fate = WELL, steps = 1_000): Promise<void> => {
    await quiet();
    for (let left = steps; left > 0; left--) if (!(await step(fate))) return;
    throw new Error('the cluster does not come to rest');
  };

  return {
    clock,
    counts,
    quiet,
    settle,
    step,
    active,
    move,
    storage: () => storage,
    updates: () => updates,
    kills: () => kills,
    key: KEY,
    /** The job's instances as they are: `0:a` runs version a, `1:b!PENDING` has a task of b in another status. */
    shown: () =>
      active().map(
        ({ assignedTask: { instanceId, task }, status }) =>
          `${instanceId}:${task.contactEmail}${status === 'RUNNING' ? '' : `!${status}`}`,
      ),
    status: () => storage.read(({ jobUpdates }) => jobUpdates.status(KEY)),
    statuses: () =>
      storage.read(({ jobUpdates }) => jobUpdates.get(KEY)?.updateEvents ?? []).map((e) => e.status),
    messages: () =>
      storage.read(({ jobUpdates }) => jobUpdates.get(KEY)?.updateEvents ?? []).map((event) => event.message),
    events: (...actions: JobUpdateAction[]) =>
      storage
        .read(({ jobUpdates }) => jobUpdates.get(KEY)?.instanceEvents ?? [])
        .filter(({ action }) => actions.length === 0 || actions.includes(action)),
    /** Ids of the instances in the order in which the action was recorded for them. */
    order: (...actions: JobUpdateAction[]) =>
      storage
        .read(({ jobUpdates }) => jobUpdates.get(KEY)?.instanceEvents ?? [])
        .filter(({ action }) => actions.includes(action))
        .map(({ instanceId }) => instanceId),
    /** The job as it was before: instances of these versions, all running for an hour. */
    async running(...versions: readonly string[]) {
      for (const [instanceId, name] of versions.entries())
        await storage.write((tx) => state.insertPendingTasks(tx, version(name), [instanceId]));
      await settle();
      clock.advance(3_600_000);
      await quiet();
    },
    /** Starts a restart of the instances; of all that are active without them. */
    async restart(instances: readonly number[] = [], change: Wire<'JobUpdateSettings'> = {}) {
      await storage.write((tx) => {
        const settings = { updateGroupSize: 1, ...change };
        const rules = {
          validation: undefined as never,
          flags: { maxUpdateInstanceFailures: 1_000 },
        };
        const request = { job: JOB, instances: [...instances], settings };
        const instructions = restartInstructions(tx, JOB, request, rules);
        updates.add(tx, { summary: { key: KEY, user: 'jane' }, instructions } as JobUpdate, { user: 'jane' });
      });
      await quiet();
    },
    /** Starts an update of the job to so many instances of the version. */
    async update(name: string, count: number, change: Wire<'JobUpdateSettings'> = {}) {
      await storage.write((tx) => {
        const before = tx.tasks.activeOf(JOB);
        const isOld = ({ assignedTask: { instanceId, task } }: ScheduledTask) =>
          instanceId >= count || task.contactEmail !== name;
        const old = before.filter(isOld);
        const good = new Set(before.filter((task) => !isOld(task)).map((t) => t.assignedTask.instanceId));
        const next = range(count).filter((id) => !good.has(id));
        const byVersion = new Map<TaskConfig, number[]>();
        for (const { assignedTask } of old)
          byVersion.set(assignedTask.task, [
            ...(byVersion.get(assignedTask.task) ?? []),
            assignedTask.instanceId,
          ]);
        const instructions = {
          initialState: [...byVersion].map(([task, ids]) => ({ task, instances: rangesOf(ids) })),
          ...(next.length > 0 ? { desiredState: { task: version(name), instances: rangesOf(next) } } : {}),
          settings: settingsOf(change),
        };
        updates.add(
          tx,
          { summary: { key: KEY, user: 'jane', metadata: [] }, instructions },
          { user: 'jane' },
        );
      });
      await quiet();
    },
    async user(what: 'pause' | 'resume' | 'abort' | 'rollback') {
      await storage.write((tx) => updates[what](tx, KEY, { user: 'jane' }));
      await quiet();
    },
    async pulse() {
      const took = await storage.write((tx) => updates.pulse(tx, KEY));
      await quiet();
      return took;
    },
    /** The scheduler ends and another one takes over what is in the log. */
    async failover() {
      updates.close();
      await storage.close();
      log = log.again();
      await start();
      await quiet();
    },
    async advance(ms: number) {
      clock.advance(ms);
      await quiet();
    },
    async stop() {
      updates.close();
      await storage.close();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof scene>>;
