/** The parts that place tasks, wired as in the scheduler, with a log and a Mesos that discard everything. */
import { normalise, type TaskConfig, type Wire } from '../../src/api/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Offer } from '../../src/mesos/index.ts';
import { parseSchedulerFlags } from '../../src/scheduler/flags/parse.ts';
import { executors } from '../../src/scheduler/launch/executors.ts';
import { executorOf } from '../../src/scheduler/launch/task-info.ts';
import type { MesosCalls } from '../../src/scheduler/mesos/mesos-calls.ts';
import { counters } from '../../src/scheduler/metrics/counters.ts';
import { timedStorage } from '../../src/scheduler/metrics/timed-storage.ts';
import { offerBook } from '../../src/scheduler/offers/offer-book.ts';
import { offerOrder } from '../../src/scheduler/offers/offer-order.ts';
import { EMPTY_BAG } from '../../src/scheduler/offers/resource-bag.ts';
import { nearestFit } from '../../src/scheduler/scheduling/nearest-fit.ts';
import { reservations } from '../../src/scheduler/scheduling/reservations.ts';
import { schedulingRound } from '../../src/scheduler/scheduling/round.ts';
import type { Attempt } from '../../src/scheduler/scheduling/task-groups.ts';
import { type TaskRequest, taskRequest } from '../../src/scheduler/scheduling/task-request.ts';
import { unansweredLaunches } from '../../src/scheduler/scheduling/unanswered-launches.ts';
import { stateEvents, stateManager } from '../../src/scheduler/state/index.ts';
import { type Log, openStorage } from '../../src/scheduler/storage/index.ts';

/** A log that discards everything. */
export const noLog: Log = {
  recover: async () => ({ term: 1, snapshotBytes: 0, records: 0 }),
  append: async () => undefined,
  writeSnapshot: async () => undefined,
  generations: async () => [],
  failure: () => undefined,
  bytesSinceSnapshot: () => 0,
  close: async () => undefined,
};

const calls: MesosCalls = {
  accept: (_offers, _tasks, settled) => queueMicrotask(() => settled(true)),
  decline: () => {},
  kill: () => {},
  acknowledge: () => {},
  reconcile: () => {},
  acceptInverseOffers: () => {},
  declineInverseOffers: () => {},
  suppress: async () => true,
  revive: async () => true,
};

export const benchConfig = (name: string, change: Wire<'TaskConfig'> = {}): TaskConfig =>
  normalise('TaskConfig', {
    job: { role: 'bench', environment: 'prod', name },
    owner: { user: 'bench' },
    tier: 'preemptible',
    executorConfig: { name: 'AuroraExecutor', data: '{"processes":[]}' },
    resources: [{ numCpus: 0.25 }, { ramMb: 128 }, { diskMb: 64 }],
    ...change,
  });

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
const text = (name: string, value: string) => ({ name, type: 'TEXT' as const, text: { value } });

/** The `nth` offer of the agent with that number. */
export const benchOffer = (agent: number, nth = 0, cpus = 16): Offer => ({
  id: { value: `offer-${agent}-${nth}` },
  framework_id: { value: 'framework' },
  agent_id: { value: `agent-${agent}` },
  hostname: `agent-${agent}`,
  resources: [scalar('cpus', cpus), scalar('mem', 65_536), scalar('disk', 1_048_576)],
  attributes: [text('host', `agent-${agent}`), text('rack', `r${agent % 100}`)],
});

/** The parts that place tasks. The storage is timed, as in the scheduler. */
export async function benchPlacing() {
  const clock = systemClock;
  const random = seededRandom(7);
  const log = silentLogger;
  const counted = counters(clock);
  const opened = await openStorage({ log: noLog, clock, logger: log, onFatal: () => {}, counters: counted });
  const storage = timedStorage(opened, { clock, counters: counted });
  const flags = parseSchedulerFlags([]);
  const state = stateManager({
    clock,
    random,
    counters: counted,
    events: stateEvents(log, counted),
    kill: calls.kill,
    schedulerHost: 'scheduler-1.example.com',
    flapping: flags,
  });
  const book = offerBook({
    clock,
    random,
    counters: counted,
    order: offerOrder(flags.offerOrder),
    revocableTypes: { cpus: flags.enableRevocableCpus, ramMb: flags.enableRevocableRam },
    holdMs: undefined,
    holdJitterMs: 0,
    modeOf: (host) => storage.read((stores) => stores.modes.of(host)),
    decline: calls.decline,
  });
  const known = executors({ ...flags, thermosExecutorPath: '/executor' });
  const requests = new WeakMap<TaskConfig, TaskRequest>();
  const requestOf = (config: TaskConfig): TaskRequest => {
    const request =
      requests.get(config) ?? taskRequest(config, executorOf(config, known)?.overhead ?? EMPTY_BAG, false);
    requests.set(config, request);
    return request;
  };
  const place = schedulingRound({
    clock,
    random,
    log,
    counters: counted,
    storage,
    state,
    book,
    calls,
    nearest: nearestFit(clock),
    launching: unansweredLaunches(() => {}),
    reservations: reservations(clock, flags.offerReservationDurationMs),
    preempt: () => false,
    launch: { executors: known, clusterName: 'bench', populateDiscoveryInfo: false },
    unavailabilityThresholdMs: flags.unavailabilityThresholdMs,
    requestOf,
  });
  /** Saves `count` pending tasks of the configuration. */
  const insert = async (config: TaskConfig, count: number, from = 0): Promise<Attempt> => {
    const ids = Array.from({ length: count }, (_, at) => from + at);
    const taskIds = await storage.write((tx) => state.insertPendingTasks(tx, config, ids));
    const shared = storage.read((stores) => stores.tasks.get(taskIds[0] as string))?.assignedTask.task;
    if (!shared) throw new Error('the tasks were not stored');
    return { group: shared, config: shared, taskIds };
  };
  return { book, insert, place, storage };
}
