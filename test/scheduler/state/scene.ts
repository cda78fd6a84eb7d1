import type { ScheduledTask, ScheduleStatus, TaskConfig } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import {
  type FlappingSettings,
  type StateChange,
  type StateEvent,
  stateEvents,
  stateManager,
} from '../../../src/scheduler/state/index.ts';
import { type MemoryLog, memoryLog } from '../storage/memory-log.ts';
import { sampleConfig, storageOn } from '../storage/sample.ts';

const FLAPPING: FlappingSettings = {
  flappingTaskThresholdMs: 300_000,
  initialFlappingTaskDelayMs: 30_000,
  maxFlappingTaskDelayMs: 300_000,
};

/** A state manager over a storage, with everything it says to the world written down in order. */
export async function scene(options: { log?: MemoryLog; seed?: number } = {}) {
  const log = options.log ?? memoryLog();
  const storage = await storageOn(log);
  const clock = manualClock();
  const random = seededRandom(options.seed ?? 1);
  const events = stateEvents(silentLogger, { add: () => {} });
  const counts = counters();
  const said: string[] = [];
  const seen: StateEvent[] = [];
  const kills: { taskId: string; agentId: string | undefined }[] = [];
  const kill = (task: { taskId: string; agentId: string | undefined }) => {
    kills.push(task);
    said.push('kill');
  };
  events.subscribe((event) => {
    seen.push(event);
    said.push(event.kind === 'taskStateChanged' ? `${event.oldState}->${event.task.status}` : event.kind);
  });
  const state = stateManager({
    clock,
    random,
    counters: counts,
    events,
    kill,
    schedulerHost: 'here',
    flapping: FLAPPING,
  });

  const change = (change: StateChange) => storage.write((tx) => state.changeState(tx, change));
  const insert = async (config: TaskConfig = sampleConfig()): Promise<string> =>
    (await storage.write((tx) => state.insertPendingTasks(tx, config, [0])))[0] as string;
  const assign = (taskId: string) =>
    storage.write((tx) =>
      state.assignTask(tx, {
        taskId,
        slaveId: 'agent-1',
        slaveHost: 'host-1',
        assignedPorts: { http: 31000 },
      }),
    );
  /** Takes a new task along a path of statuses; ASSIGNED goes by way of an assignment. */
  const taskIn = async (path: readonly ScheduleStatus[], config?: TaskConfig): Promise<string> => {
    const taskId = await insert(config);
    for (const to of path) {
      if (to === 'ASSIGNED') await assign(taskId);
      else await change({ taskId, to });
    }
    said.length = 0;
    return taskId;
  };
  const get = (taskId: string): ScheduledTask | undefined => storage.read(({ tasks }) => tasks.get(taskId));
  /** The instance's present task. */
  const active = (config: TaskConfig = sampleConfig()): ScheduledTask | undefined =>
    storage.read(({ tasks }) => tasks.activeInstance(config.job, 0));
  return {
    log,
    storage,
    clock,
    random,
    events,
    counts,
    said,
    seen,
    kills,
    kill,
    state,
    change,
    insert,
    assign,
    taskIn,
    get,
    active,
  };
}
