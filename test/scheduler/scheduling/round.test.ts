import fc from 'fast-check';
import type { TaskConfig, Wire } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { Offer, TaskInfo } from '../../../src/mesos/index.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { executors } from '../../../src/scheduler/launch/executors.ts';
import { executorOf } from '../../../src/scheduler/launch/task-info.ts';
import type { MesosCalls } from '../../../src/scheduler/mesos/mesos-calls.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offerBook } from '../../../src/scheduler/offers/offer-book.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { bagOf, EMPTY_BAG } from '../../../src/scheduler/offers/resource-bag.ts';
import { agentsForUpdates } from '../../../src/scheduler/scheduling/agents-for-updates.ts';
import { nearestFit } from '../../../src/scheduler/scheduling/nearest-fit.ts';
import { reservations } from '../../../src/scheduler/scheduling/reservations.ts';
import { schedulingRound } from '../../../src/scheduler/scheduling/round.ts';
import type { Attempt } from '../../../src/scheduler/scheduling/task-groups.ts';
import { taskRequest } from '../../../src/scheduler/scheduling/task-request.ts';
import { unansweredLaunches } from '../../../src/scheduler/scheduling/unanswered-launches.ts';
import { stateEvents, stateManager } from '../../../src/scheduler/state/index.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, ports, REVOCABLE_TYPES, scalar, taskConfig, text } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';

const test = suite('scheduling round');

interface Accept {
  readonly offerIds: readonly string[];
  readonly tasks: readonly TaskInfo[];
}

/** Real stores, state machine and offers; Mesos is a list of what was said to it. */
async function setUp(
  change: {
    accepted?: boolean;
    traceOf?: (taskId: string) => string | undefined;
    /** While it fails, what rounds write is undone. */
    stored?: { readonly fails: boolean };
  } = {},
) {
  const clock = manualClock();
  const random = seededRandom(7);
  const counted = counters();
  const log = silentLogger;
  const storage = await openStorage({ log: memoryLog(), clock, logger: log, onFatal: () => {} });
  const accepts: Accept[] = [];
  const declined: string[] = [];
  const calls: MesosCalls = {
    accept(offerIds, tasks, settled) {
      accepts.push({ offerIds, tasks });
      queueMicrotask(() => settled(change.accepted ?? true));
    },
    decline: (ids) => void declined.push(...ids),
    kill: () => {},
    acknowledge: () => {},
    reconcile: () => {},
    acceptInverseOffers: () => {},
    declineInverseOffers: () => {},
    suppress: async () => true,
    revive: async () => true,
  };
  const events = stateEvents(log, counters());
  const options = parseSchedulerFlags([]);
  const state = stateManager({
    clock,
    random,
    counters: counted,
    events,
    kill: calls.kill,
    schedulerHost: 'here',
    flapping: options,
  });
  const book = offerBook({
    clock,
    random,
    counters: counted,
    order: offerOrder(['RANDOM']),
    revocableTypes: REVOCABLE_TYPES,
    holdMs: undefined,
    holdJitterMs: 0,
    modeOf: () => 'NONE',
    decline: calls.decline,
  });
  const known = executors({ ...options, thermosExecutorPath: '/executor' });
  const launching = unansweredLaunches(() => {});
  const kept = reservations(clock, 1000);
  let freed = 0;
  const keptForUpdates = agentsForUpdates(clock, 1000, counted, () => freed++);
  const place = schedulingRound({
    clock,
    random,
    log,
    counters: counted,
    storage: {
      ...storage,
      apply: (made) =>
        storage.apply((tx) => {
          const result = made(tx);
          if (change.stored?.fails) throw new Error('no');
          return result;
        }),
    },
    state,
    book,
    calls,
    nearest: nearestFit(clock),
    launching,
    reservations: { holder: (agentId) => keptForUpdates.holder(agentId) ?? kept.holder(agentId) },
    keptForUpdates,
    preempt: () => false,
    launch: { executors: known, clusterName: 'x', populateDiscoveryInfo: false, traceOf: change.traceOf },
    unavailabilityThresholdMs: 0,
    requestOf: (config) => {
      const overhead = executorOf(config, known)?.overhead ?? EMPTY_BAG;
      return taskRequest(config, overhead, false);
    },
  });
  /** Saves the hosts as the session does, and holds the offers. */
  const offer = async (...offers: Offer[]) => {
    await storage.write((tx) => {
      for (const { hostname, attributes, agent_id: agent } of offers) {
        const named = (attributes ?? []).map(({ name, text: value }) => ({
          name,
          values: [value?.value ?? ''],
        }));
        state.saveHostAttributes(tx, {
          host: hostname,
          attributes: named,
          slaveId: agent.value,
        });
      }
    });
    book.add(offers);
  };
  const insert = async (config: TaskConfig, count: number, from = 0): Promise<Attempt> => {
    const ids = Array.from({ length: count }, (_, at) => from + at);
    const taskIds = await storage.write((tx) => state.insertPendingTasks(tx, config, ids));
    const stored = storage.read((stores) => stores.tasks.get(taskIds[0] as string));
    const shared = stored?.assignedTask.task ?? config;
    return { group: shared, config: shared, taskIds };
  };
  const statusOf = (taskId: string) => storage.read((stores) => stores.tasks.get(taskId)?.status);
  return {
    accepts,
    book,
    clock,
    counted,
    declined,
    insert,
    kept,
    keptForUpdates,
    freed: () => freed,
    launching,
    offer,
    place,
    state,
    statusOf,
    storage,
  };
}

test('nothing is launched before the assignment is durable', async () => {
  const { accepts, insert, launching, offer, place, statusOf, storage } = await setUp();
  await offer(mesosOffer('a'));
  const attempt = await insert(taskConfig(), 1);
  const [handled] = place([attempt]);
  assert.equal([...(handled ?? [])], attempt.taskIds);
  assert.is(statusOf(attempt.taskIds[0] as string), 'ASSIGNED');
  assert.equal(accepts, []);
  assert.ok(attempt.taskIds.every(launching.has), 'and until then it is known to be under way');
  assert.is(launching.size, 1);
  await storage.settled();
  assert.is(accepts.length, 1);
  await storage.settled();
  assert.is(launching.size, 0);
});

test('a task that is not pending any more is handled without a place', async () => {
  const { accepts, insert, offer, place, state, storage } = await setUp();
  await offer(mesosOffer('a'));
  const attempt = await insert(taskConfig(), 1);
  const taskId = attempt.taskIds[0] as string;
  await storage.write((tx) => state.changeState(tx, { taskId, to: 'KILLING' }));
  assert.equal([...(place([attempt])[0] ?? [])], [taskId]);
  await storage.settled();
  assert.equal(accepts, []);
});

test('an offer that is rescinded between decision and commit is not accepted; its task is replaced', async () => {
  const { accepts, book, counted, insert, offer, place, statusOf, storage } = await setUp();
  await offer(mesosOffer('a'));
  const attempt = await insert(taskConfig(), 1);
  place([attempt]);
  book.rescind('offer-a');
  await storage.settled();
  assert.equal(accepts, []);
  await storage.settled();
  assert.is(statusOf(attempt.taskIds[0] as string), 'LOST');
  assert.is(counted.read().get('offer_accept_races'), 1);
});

test('a launch that Mesos refuses is given up at once', async () => {
  const { insert, offer, place, statusOf, storage } = await setUp({ accepted: false });
  await offer(mesosOffer('a'));
  const attempt = await insert(taskConfig(), 1);
  place([attempt]);
  await storage.settled();
  await storage.settled();
  assert.is(statusOf(attempt.taskIds[0] as string), 'LOST');
});

test('a launch that cannot be built gives its offer back, and its task is replaced', async () => {
  const { accepts, declined, insert, launching, offer, place, statusOf, storage } = await setUp({
    traceOf: () => {
      throw new Error('no trace');
    },
  });
  const given = mesosOffer('a');
  await offer(given);
  const attempt = await insert(taskConfig(), 1);
  place([attempt]);
  await storage.settled();
  await storage.settled();
  assert.is(statusOf(attempt.taskIds[0] as string), 'LOST');
  assert.equal(accepts, []);
  assert.equal(declined, [given.id.value]);
  assert.is(launching.size, 0);
});

test('attempts of one round share an offer and its ACCEPT', async () => {
  const { accepts, book, insert, offer, place, storage } = await setUp();
  await offer(mesosOffer('a'));
  const one = await insert(taskConfig(), 1);
  const two = await insert(taskConfig({ job: { ...JOB, name: 'other' } }), 1);
  place([one, two]);
  await storage.settled();
  assert.equal(
    accepts.map(({ tasks }) => tasks.length),
    [2],
  );
  assert.is(book.size, 0);
});

test('one attempt that fails spoils neither the others nor the offers', async () => {
  const { accepts, declined, insert, offer, place, storage } = await setUp();
  await offer(mesosOffer('a', { resources: [scalar('cpus', 2), scalar('mem', 999), scalar('disk', 999)] }));
  const good = await insert(taskConfig(), 1);
  const bad = await insert(
    taskConfig({ job: { ...JOB, name: 'bad' }, executorConfig: { name: 'gone', data: '' } }),
    1,
  );
  const handled = place([good, bad]);
  assert.equal(
    handled.map(({ size }) => size),
    [1, 0],
  );
  await storage.settled();
  assert.is(accepts.length, 1);
  assert.equal(declined, []);
});

test('a round that cannot be stored counts as no launch, and its offer can be used again', async () => {
  const stored = { fails: true };
  const { accepts, insert, launching, offer, place, storage } = await setUp({ stored });
  await offer(mesosOffer('a'));
  const attempt = await insert(taskConfig(), 2);
  assert.equal(place([attempt]), [new Set()]);
  assert.is(launching.size, 0);
  stored.fails = false;
  assert.is(place([attempt])[0]?.size, 2);
  assert.is(launching.size, 2);
  await storage.settled();
  assert.is(accepts.length, 1);
});

test('an agent that is kept for an updated instance is invisible to others, and the instance waits for it', async () => {
  const { accepts, counted, freed, insert, keptForUpdates, offer, place, storage } = await setUp();
  const config = taskConfig();
  keptForUpdates.keep('a', { job: config.job, instanceId: 1 });
  await offer(mesosOffer('a'), mesosOffer('b'));
  const updated = await insert(config, 3);
  const other = await insert(taskConfig({ job: { ...JOB, name: 'other' } }), 1);
  place([other, updated]);
  await storage.settled();
  const launched = new Map(
    accepts.map(({ offerIds, tasks }) => [offerIds[0], tasks.map(({ name }) => name).sort()]),
  );
  const kept = accepts
    .find(({ offerIds }) => offerIds[0] === 'offer-a')
    ?.tasks.map((task) => task.task_id.value);
  assert.equal(kept, [updated.taskIds[1]]);
  assert.is(launched.get('offer-b')?.length, 3);
  keptForUpdates.release({ job: config.job, instanceId: 1 });
  assert.is(freed(), 1);
  assert.is(counted.read().get('update_affinity_cache_explicit_removals'), 1);
});

test('an updated instance whose agent offers nothing, or too little, takes no other until the time is over', async () => {
  const { accepts, clock, counted, freed, insert, keptForUpdates, offer, place, storage } = await setUp();
  const config = taskConfig();
  const instance = { job: config.job, instanceId: 0 };
  keptForUpdates.keep('a', instance);
  keptForUpdates.keep('a', { ...instance, instanceId: 7 });
  await offer(mesosOffer('b'));
  const attempt = await insert(config, 1);
  assert.equal([...(place([attempt])[0] ?? [])], []);
  await offer(mesosOffer('a', { resources: [scalar('cpus', 0.1), scalar('mem', 8192)] }));
  assert.equal([...(place([attempt])[0] ?? [])], []);
  clock.advance(999);
  assert.is(counted.read().get('update_affinity_cache_size'), 2);
  clock.advance(1);
  assert.is(freed(), 2);
  assert.is(keptForUpdates.holder('a'), undefined);
  assert.is(keptForUpdates.agentFor(instance), undefined);
  assert.equal([...(place([attempt])[0] ?? [])], attempt.taskIds);
  await storage.settled();
  assert.equal(accepts[0]?.offerIds, ['offer-b']);
  assert.is(counted.read().get('update_affinity_cache_expiration_removals'), 2);
});

test('an offer that can never fit a group is asked once', async () => {
  const { counted, insert, offer, place } = await setUp();
  await offer(mesosOffer('a', { resources: [scalar('cpus', 0.1)] }));
  const attempt = await insert(taskConfig(), 1);
  place([attempt]);
  place([attempt]);
  assert.is(counted.read().get('veto_evaluated_offers'), 1);
  assert.is(counted.read().get('schedule_attempts_no_match'), 2);
});

test('an offer that only a limit rules out is asked again', async () => {
  const { insert, offer, place, state, storage } = await setUp();
  await offer(mesosOffer('a'));
  const config = taskConfig({ constraints: [{ name: 'host', constraint: { limit: { limit: 1 } } }] });
  const first = await insert(config, 1);
  place([first]);
  await storage.settled();
  const second = await insert(config, 1, 1);
  await offer(mesosOffer('a'));
  assert.is(place([second])[0]?.size, 0);
  await storage.write((tx) => state.changeState(tx, { taskId: first.taskIds[0] as string, to: 'KILLING' }));
  await storage.write((tx) => state.changeState(tx, { taskId: first.taskIds[0] as string, to: 'KILLED' }));
  assert.is(place([second])[0]?.size, 1);
});

test('an agent that is kept for a group takes no other tasks, until the time is over', async () => {
  const { accepts, clock, insert, kept, offer, place, storage } = await setUp();
  await offer(mesosOffer('a'));
  const one = await insert(taskConfig(), 1);
  const two = await insert(taskConfig({ job: { ...JOB, name: 'other' } }), 1);
  kept.reserve('a', two.config);
  assert.is(place([one])[0]?.size, 0);
  assert.is(place([two])[0]?.size, 1);
  await storage.settled();
  assert.is(accepts.length, 1);
  await offer(mesosOffer('a'));
  assert.is(place([one])[0]?.size, 0);
  clock.advance(1000);
  assert.is(place([one])[0]?.size, 1);
});

const agents = fc.array(
  fc.record({
    cpus: fc.integer({ min: 1, max: 80 }).map((tenths) => tenths / 10),
    mem: fc.integer({ min: 64, max: 2048 }),
    portCount: fc.integer({ min: 0, max: 6 }),
    rack: fc.constantFrom('r1', 'r2', 'r3'),
  }),
  { maxLength: 6 },
);
const jobs = fc.array(
  fc.record({
    cpus: fc.integer({ min: 1, max: 30 }).map((tenths) => tenths / 10),
    ramMb: fc.integer({ min: 1, max: 512 }),
    portNames: fc.subarray(['http', 'admin', 'health']),
    limit: fc.option(fc.integer({ min: 1, max: 3 })),
    instances: fc.integer({ min: 1, max: 8 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const amountOf = (tasks: readonly TaskInfo[], name: string): number =>
  tasks
    .flatMap(({ resources = [], executor }) => [...resources, ...(executor?.resources ?? [])])
    .reduce((sum, one) => sum + (one.name === name ? (one.scalar?.value ?? 0) : 0), 0);

test('property: no agent is oversold, no port given twice, no limit exceeded, and nobody waits who would fit', async () => {
  await fc.assert(
    fc.asyncProperty(agents, jobs, async (agentList, jobList) => {
      const { accepts, insert, offer, place, storage } = await setUp();
      const offered = agentList.map(({ cpus, mem, portCount, rack }, at) =>
        mesosOffer(`${at}`, {
          resources: [
            scalar('cpus', cpus),
            scalar('mem', mem),
            scalar('disk', 1000),
            ...(portCount > 0 ? [ports(1000, 999 + portCount)] : []),
          ],
          attributes: [text('rack', rack)],
        }),
      );
      if (offered.length > 0) await offer(...offered);
      const attempts: Attempt[] = [];
      for (const [at, { cpus, ramMb, portNames, limit, instances }] of jobList.entries()) {
        const constraints: Wire<'Constraint'>[] =
          limit === null ? [] : [{ name: 'rack', constraint: { limit: { limit } } }];
        const resources = [
          { numCpus: cpus },
          { ramMb },
          { diskMb: 1 },
          ...portNames.map((namedPort) => ({ namedPort })),
        ];
        const config = taskConfig({ job: { ...JOB, name: `job${at}` }, resources, constraints });
        attempts.push(await insert(config, instances));
      }
      place(attempts);
      await storage.settled();

      for (const { offerIds, tasks } of accepts) {
        const at = Number(offerIds[0]?.slice('offer-'.length));
        const agent = agentList[at] as (typeof agentList)[0];
        assert.ok(amountOf(tasks, 'cpus') <= agent.cpus + 1e-6, 'cpus');
        assert.ok(amountOf(tasks, 'mem') <= agent.mem + 1e-6, 'mem');
        const taken = tasks.flatMap(({ resources = [] }) =>
          resources
            .flatMap(({ ranges }) => ranges?.range ?? [])
            .flatMap(({ begin, end }) => Array.from({ length: end - begin + 1 }, (_, step) => begin + step)),
        );
        assert.is(new Set(taken).size, taken.length, 'ports');
        assert.ok(taken.every((port) => port >= 1000 && port < 1000 + agent.portCount));
      }
      const ids = accepts.flatMap(({ tasks }) => tasks.map(({ task_id: id }) => id.value));
      assert.is(new Set(ids).size, ids.length, 'launched once');

      storage.read((stores) => {
        for (const [at, { limit }] of jobList.entries()) {
          const job = { ...JOB, name: `job${at}` };
          const assigned = stores.tasks.ofJob(job).filter(({ status }) => status === 'ASSIGNED');
          const racks = assigned.map(({ assignedTask }) => agentList[Number(assignedTask.slaveId)]?.rack);
          for (const rack of new Set(racks))
            assert.ok(limit === null || racks.filter((one) => one === rack).length <= limit, 'limit');
          const waiting = stores.tasks.ofJob(job).find(({ status }) => status === 'PENDING');
          if (!waiting || limit !== null) continue;
          const { cpus, ramMb, ports: portCount } = bagOf(waiting.assignedTask.task.resources);
          for (const [index, agent] of agentList.entries()) {
            const used = accepts.find(({ offerIds }) => offerIds[0] === `offer-${index}`)?.tasks ?? [];
            const usedPorts = used.flatMap(({ task_id: id }) =>
              Object.keys(stores.tasks.get(id.value)?.assignedTask.assignedPorts ?? {}),
            ).length;
            const room =
              agent.cpus - amountOf(used, 'cpus') >= cpus + 0.25 - 1e-6 &&
              agent.mem - amountOf(used, 'mem') >= ramMb + 128 - 1e-6 &&
              agent.portCount - usedPorts >= portCount;
            assert.not(room, `a task waits although agent ${index} has room`);
          }
        }
      });
      await storage.close();
    }),
    { numRuns: 150 },
  );
});

test.run();
