import type { TaskConfig, Wire } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { Attribute, Offer } from '../../../src/mesos/index.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offeredValues } from '../../../src/scheduler/offers/attribute-values.ts';
import { offerBook } from '../../../src/scheduler/offers/offer-book.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { EMPTY_BAG } from '../../../src/scheduler/offers/resource-bag.ts';
import { preemption } from '../../../src/scheduler/preemptor/preemption.ts';
import { attributeCounts, taskConstraints } from '../../../src/scheduler/scheduling/constraints.ts';
import { hostsOfJob } from '../../../src/scheduler/scheduling/job-hosts.ts';
import { taskRequest } from '../../../src/scheduler/scheduling/task-request.ts';
import { slaGate } from '../../../src/scheduler/sla/sla-gate.ts';
import { stateEvents, stateManager } from '../../../src/scheduler/state/index.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { JOB, mesosOffer, REVOCABLE_TYPES, scalar, taskConfig, text } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';

/** A configuration of a job of its own, without an executor's share. */
export const jobConfig = (name: string, tier: string, cpus: number, change: Wire<'TaskConfig'> = {}) =>
  taskConfig({
    job: { ...JOB, name },
    tier,
    resources: [{ numCpus: cpus }, { ramMb: 1 }, { diskMb: 1 }],
    ...change,
  });

/** Real stores, offers and preemption; the groups are a list that the test fills, attempts are made by hand. */
export async function preemptionScene(flags: readonly string[] = []) {
  const clock = manualClock();
  const random = seededRandom(3);
  const counted = counters(clock);
  const log = silentLogger;
  const storage = await openStorage({ log: memoryLog(), clock, logger: log, onFatal: () => {} });
  const options = parseSchedulerFlags(['-preemption_slot_search_initial_delay=1mins', ...flags]);
  const events = stateEvents(log, counters());
  const state = stateManager({
    clock,
    random,
    counters: counted,
    events,
    kill: () => {},
    schedulerHost: 'here',
    flapping: options,
  });
  const declined: string[] = [];
  const book = offerBook({
    clock,
    random,
    counters: counted,
    order: offerOrder(['RANDOM']),
    revocableTypes: REVOCABLE_TYPES,
    holdMs: undefined,
    holdJitterMs: 0,
    modeOf: (host) => storage.read((stores) => stores.modes.of(host)),
    decline: (ids) => void declined.push(...ids),
  });
  const isRevocable = (config: TaskConfig) =>
    BUILT_IN_TIERS.byName.get(config.tier ?? '')?.revocable ?? false;
  const preempting = preemption({
    clock,
    counters: counted,
    log,
    storage,
    state,
    events,
    book,
    settings: options,
    tiers: BUILT_IN_TIERS,
    revocableTypes: REVOCABLE_TYPES,
    gate: slaGate({ clock, counters: counted, storage, tiers: BUILT_IN_TIERS, flags: options }),
    requestOf: (config) => taskRequest(config, EMPTY_BAG, isRevocable(config)),
  });
  const waiting = new Map<TaskConfig, Set<string>>();
  const retried: TaskConfig[] = [];
  const groups = {
    waiting: () => [...waiting].map(([config, ids]) => ({ config, ids })),
    retry: (config: TaskConfig) => void retried.push(config),
    has: (config: TaskConfig) => (waiting.get(config)?.size ?? 0) > 0,
    wake: () => {},
  };
  events.subscribe((event) => {
    if (event.kind === 'taskStateChanged' && event.oldState === 'PENDING')
      waiting.get(event.task.assignedTask.task)?.delete(event.task.assignedTask.taskId);
    if (event.kind === 'tasksDeleted')
      for (const { assignedTask } of event.tasks) waiting.get(assignedTask.task)?.delete(assignedTask.taskId);
  });
  const stop = preempting.start(groups);

  const host = (agent: string, attributes: readonly Attribute[] = [], mode: 'NONE' | 'DRAINING' = 'NONE') =>
    storage.write((tx) => {
      const values = [
        ...offeredValues(mesosOffer(agent, { attributes: [text('host', agent), ...attributes] })),
      ];
      state.saveHostAttributes(tx, {
        host: `host-${agent}`,
        slaveId: agent,
        attributes: values.map(([name, all]) => ({ name, values: [...all] })),
      });
      state.setHostMode(tx, `host-${agent}`, mode);
    });
  let instance = 0;
  /** Tasks that run on the agent; their ids. */
  const run = (agent: string, config: TaskConfig, count = 1): Promise<string[]> =>
    storage.write((tx) => {
      const ids = Array.from({ length: count }, () => instance++);
      const taskIds = state.insertPendingTasks(tx, config, ids);
      for (const taskId of taskIds) {
        state.assignTask(tx, { taskId, slaveId: agent, slaveHost: `host-${agent}`, assignedPorts: {} });
        state.changeState(tx, { taskId, to: 'RUNNING' });
      }
      return taskIds;
    });
  const pend = async (config: TaskConfig, count = 1): Promise<{ config: TaskConfig; ids: string[] }> => {
    const taskIds = await storage.write((tx) => {
      const ids = Array.from({ length: count }, () => instance++);
      return state.insertPendingTasks(tx, config, ids);
    });
    const stored = storage.read(({ tasks }) => tasks.get(taskIds[0] as string)?.assignedTask.task) ?? config;
    const ids = waiting.get(stored) ?? new Set();
    for (const id of taskIds) ids.add(id);
    waiting.set(stored, ids);
    return { config: stored, ids: taskIds };
  };
  /** What is free on the agent, as an offer of it. */
  const free = (agent: string, cpus: number, change: Partial<Offer> = {}) =>
    book.add([
      mesosOffer(agent, {
        resources: [scalar('cpus', cpus), scalar('mem', 100), scalar('disk', 100)],
        attributes: [text('host', agent)],
        ...change,
      }),
    ]);
  /** Lets the task grow old enough, and one search go by. */
  const search = async () => {
    clock.advance(4 * 60_000);
    await storage.settled();
  };
  /** What an attempt does with tasks that it found no place for; the ids of those that began to leave. */
  const attempt = async (config: TaskConfig, ...taskIds: string[]): Promise<string[]> => {
    await storage.write((tx) => {
      const counts = attributeCounts(
        () => hostsOfJob(tx, config.job),
        taskConstraints(config.constraints).limited,
      );
      preempting.preempt(tx, config, taskIds, counts);
    });
    return leaving();
  };
  const leaving = () =>
    storage.read(({ tasks }) => tasks.inStatus('PREEMPTING').map(({ assignedTask }) => assignedTask.taskId));
  return {
    attempt,
    book,
    clock,
    count: (name: string) => Number(counted.read().get(name) ?? 0),
    free,
    host,
    leaving,
    pend,
    preempting,
    retried,
    run,
    search,
    state,
    stop,
    storage,
  };
}
