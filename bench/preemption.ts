/**
 * How fast the scheduler finds a place for a pending task by preempting others, with 10,000 full agents of ten tasks
 * each. Half of the searches can succeed; the other half look at every agent in vain. The stores, the filter and the
 * choice of victims are the scheduler's own.
 */
import { normalise, type TaskConfig, type Wire } from '../src/api/index.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { seededRandom } from '../src/base/random.ts';
import { counters } from '../src/scheduler/metrics/counters.ts';
import { offerBook } from '../src/scheduler/offers/offer-book.ts';
import { offerOrder } from '../src/scheduler/offers/offer-order.ts';
import { EMPTY_BAG } from '../src/scheduler/offers/resource-bag.ts';
import { claims } from '../src/scheduler/preemptor/claims.ts';
import { loadedAgents } from '../src/scheduler/preemptor/loaded-agents.ts';
import { findSlot, type SearchContext } from '../src/scheduler/preemptor/search.ts';
import { slotCache } from '../src/scheduler/preemptor/slots.ts';
import { reservations } from '../src/scheduler/scheduling/reservations.ts';
import { taskRequest } from '../src/scheduler/scheduling/task-request.ts';
import { openStorage, type WriteStores } from '../src/scheduler/storage/index.ts';
import { BUILT_IN_TIERS } from '../src/scheduler/tiers.ts';
import { figure, median } from './harness.ts';
import { noLog } from './state/placing.ts';

const AGENTS = 10_000;
const TASKS_PER_AGENT = 10;
const RACKS = 200;
const SEARCHES = 400;
const ROUNDS = 5;
const types = { cpus: true, ramMb: false };

const random = seededRandom(1);
const pick = (below: number): number => Math.floor(random.next() * below);

const config = (name: string, change: Wire<'TaskConfig'>): TaskConfig =>
  normalise('TaskConfig', {
    job: { role: `role-${name.length % 7}`, environment: 'prod', name },
    isService: true,
    resources: [{ numCpus: 1 }, { ramMb: 1024 }, { diskMb: 1024 }],
    ...change,
  });

function fill(tx: WriteStores): void {
  const running = Array.from({ length: 1_000 }, (_, at) =>
    config(`running-${at}`, {
      tier: at % 4 === 0 ? 'preferred' : 'preemptible',
      priority: at % 10,
      resources: [{ numCpus: 1 + (at % 2) }, { ramMb: 1024 }, { diskMb: 1024 }],
    }),
  );
  let instance = 0;
  for (let agent = 0; agent < AGENTS; agent++) {
    const slaveId = `agent-${agent}`;
    const host = `host-${agent}`;
    const attributes = [
      { name: 'host', values: [host] },
      { name: 'rack', values: [`rack-${agent % RACKS}`] },
    ];
    tx.hosts.save({ host, slaveId, attributes });
    for (let n = 0; n < TASKS_PER_AGENT; n++) {
      const instanceId = instance++;
      const task = running[pick(running.length)] as TaskConfig;
      tx.tasks.save({
        assignedTask: {
          taskId: `task-${instanceId}`,
          task,
          instanceId,
          assignedPorts: {},
          slaveId,
          slaveHost: host,
        },
        status: 'RUNNING',
        failureCount: 0,
        timesPartitioned: 0,
        taskEvents: [{ timestamp: 1, status: 'RUNNING' }],
      });
    }
  }
}

const clock = systemClock;
const storage = await openStorage({ log: noLog, clock, logger: silentLogger, onFatal: () => {} });
await storage.write(fill);
const counted = counters(clock);
const book = offerBook({
  clock,
  random,
  counters: counted,
  order: offerOrder(['RANDOM']),
  revocableTypes: types,
  holdMs: undefined,
  holdJitterMs: 0,
  modeOf: () => 'NONE',
  decline: () => {},
});
const claimOf = claims(BUILT_IN_TIERS, types, (one) => taskRequest(one, EMPTY_BAG, false));
const context: SearchContext = {
  storage,
  book,
  counters: counted,
  reservations: reservations(clock, 180_000),
  slots: slotCache(clock, 300_000),
  claimOf,
  unavailabilityThresholdMs: 0,
  clock,
};
const agents = loadedAgents(storage, claimOf);
const limited = [{ name: 'rack', constraint: { limit: { limit: 1 } } }];

/** A task that would fit on most agents after preemption. */
const hopeful = (at: number) =>
  config(`hopeful-${at}`, {
    tier: 'preferred',
    priority: 5,
    constraints: limited,
    resources: [{ numCpus: 4 }, { ramMb: 2048 }, { diskMb: 2048 }],
  });

/**
 * Tasks that fit nowhere, one for each kind of reason: too large, too low a priority, and a rack that does not exist.
 */
const HOPELESS = [
  { tier: 'preferred', resources: [{ numCpus: 21 }, { ramMb: 2048 }, { diskMb: 2048 }] },
  { tier: 'preemptible', priority: -1 },
  {
    tier: 'preferred',
    constraints: [{ name: 'rack', constraint: { value: { negated: false, values: ['none'] } } }],
  },
] as const;
const hopeless = (at: number) => config(`hopeless-${at}`, HOPELESS[at % HOPELESS.length] ?? {});

let position = 0;
function searched(pending: TaskConfig): boolean {
  const steps = findSlot(claimOf(pending), agents, position, context);
  let next = steps.next();
  while (!next.done) next = steps.next();
  position = next.value.endAt;
  return next.value.slot !== undefined;
}

function perSecond(kinds: readonly ((at: number) => TaskConfig)[]): number {
  const rates = Array.from({ length: ROUNDS }, (_, round) => {
    const startMs = performance.now();
    for (let at = 0; at < SEARCHES; at++) {
      const kind = kinds[at % kinds.length]!;
      const found = searched(kind(round * SEARCHES + at));
      if (found !== (kind === hopeful)) throw new Error('a search ended otherwise than it should');
    }
    return (SEARCHES * 1_000) / (performance.now() - startMs);
  });
  return median(rates);
}

searched(hopeless(-1));
const conditions = `${AGENTS} full agents, ${TASKS_PER_AGENT} tasks each, limit on ${RACKS} racks, median of ${ROUNDS} x ${SEARCHES}`;
figure({
  name: 'searches_per_s',
  value: perSecond([hopeful, hopeless]),
  unit: '1/s',
  conditions: `every other search finds a slot; ${conditions}`,
});
figure({ name: 'found_per_s', value: perSecond([hopeful]), unit: '1/s', conditions });
figure({ name: 'in_vain_per_s', value: perSecond([hopeless]), unit: '1/s', conditions });
await storage.close();
