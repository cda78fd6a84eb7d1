import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type ManualClock, manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Offer, SchedulerCall, SchedulerEvent, TaskStatus } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { recordReader } from '../harness/record-reader.ts';
import { type SimulatedCluster, startSimulatedCluster, type TaskScript } from './index.ts';

const test = suite('simulated cluster');

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };

/** A scheduler that acknowledges everything and remembers each task's last state. */
async function scheduler(master: string) {
  const url = `http://${master}/api/v1/scheduler`;
  const calls = new Agent({ keepAlive: true, maxSockets: 4 });
  const states = new Map<string, TaskStatus>();
  const offers: Offer[] = [];
  let frameworkId = '';
  let closed = false;
  let failure: unknown;
  const stream = request(url, { method: 'POST', headers: HEADERS, agent: false });
  const framework_info = {
    user: 'test',
    name: 'test',
    checkpoint: true,
    failover_timeout: 600,
    capabilities: [{ type: 'PARTITION_AWARE' }],
  };
  stream.end(JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info } }));
  const [answer] = await once(stream, 'response');
  const streamId = answer.headers['mesos-stream-id'];
  const call = async (body: SchedulerCall) => {
    const sent = request(url, {
      method: 'POST',
      headers: { ...HEADERS, 'Mesos-Stream-Id': streamId },
      agent: calls,
    });
    sent.end(JSON.stringify({ framework_id: { value: frameworkId }, ...body }));
    const [reply] = await once(sent, 'response');
    reply.resume();
    assert.is(reply.statusCode, 202);
  };
  const on = (event: SchedulerEvent) => {
    if (event.subscribed) frameworkId = event.subscribed.framework_id.value;
    offers.push(...(event.offers?.offers ?? []));
    const status = event.update?.status;
    if (!status) return;
    states.set(status.task_id.value, status);
    const { agent_id, task_id, uuid } = status;
    // One that is under way when the test ends has no answer.
    if (uuid !== undefined && agent_id)
      call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } }).catch((error) => {
        if (!closed) failure ??= error;
      });
  };
  const records = recordReader();
  answer.on('data', (bytes: Buffer) => {
    for (const record of records.feed(bytes)) on(JSON.parse(record.toString()) as SchedulerEvent);
  });
  return {
    call,
    states,
    offers,
    async until(look: () => boolean, what: string) {
      const endMs = performance.now() + 25_000;
      while (!look()) {
        if (failure) throw failure;
        if (performance.now() > endMs) throw new Error(`did not come: ${what}`);
        await pause(5);
      }
    },
    inState: (state: string) => [...states.values()].filter((status) => status.state === state).length,
    close() {
      closed = true;
      stream.on('error', () => {});
      stream.destroy();
      calls.destroy();
    },
  };
}

type Scheduler = Awaited<ReturnType<typeof scheduler>>;

const amounts = (cpus: number) => [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: cpus } }];

/** Launches `count` tasks on every offered agent. */
async function launch(client: Scheduler, count: number): Promise<void> {
  for (const offer of client.offers.splice(0)) {
    const task_infos = Array.from({ length: count }, (_, number) => {
      const value = `${offer.hostname}-${number}`;
      return {
        name: value,
        task_id: { value },
        agent_id: offer.agent_id,
        resources: amounts(0.5),
        executor: {
          executor_id: { value: `executor-${value}` },
          command: { value: 'true' },
          resources: amounts(0.1),
        },
      };
    });
    await client.call({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos } }],
        filters: { refuse_seconds: 0 },
      },
    });
  }
}

/** What GET_FRAMEWORKS says that all frameworks hold. */
async function allocatedCpus(master: string): Promise<number> {
  const sent = request(`http://${master}/api/v1`, { method: 'POST', headers: HEADERS, agent: false });
  sent.end(JSON.stringify({ type: 'GET_FRAMEWORKS' }));
  const [reply] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk);
  const { get_frameworks } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return (get_frameworks.frameworks as { allocated_resources?: ReturnType<typeof amounts> }[])
    .flatMap(({ allocated_resources = [] }) => allocated_resources)
    .filter(({ name }) => name === 'cpus')
    .reduce((total, { scalar }) => total + scalar.value, 0);
}

/** Hundreds of requests, on a machine that may be slow. */
const LIMIT_MS = 30_000;

interface Run {
  readonly cluster: SimulatedCluster;
  readonly client: Scheduler;
  readonly clock: ManualClock;
}

async function run(agents: number, body: (run: Run) => Promise<void>, script?: TaskScript): Promise<void> {
  const clock = manualClock();
  const cluster = await startSimulatedCluster({
    agents,
    clock,
    random: seededRandom(1),
    masterFlags: { agentPingTimeoutMs: 1_000, maxAgentPingTimeouts: 3 },
    ...(script ? { script } : {}),
  });
  const client = await scheduler(cluster.master);
  try {
    await client.until(() => client.offers.length === agents, 'offers of all agents');
    await body({ cluster, client, clock });
  } finally {
    client.close();
    await cluster.stop();
  }
}

test(
  'runs tasks without processes, and frees what they used when they are killed',
  () =>
    run(20, async ({ cluster, client, clock }) => {
      await launch(client, 30);
      await client.until(() => client.inState('TASK_RUNNING') === 600, '600 running tasks');
      assert.is(cluster.tasks(), 600);
      await client.until(() => cluster.unacknowledged() === 0, 'all acknowledgements');
      // Executors hold resources as tasks do: 600 times 0.5 and 0.1.
      assert.is(await allocatedCpus(cluster.master), 360);
      for (const value of client.states.keys())
        await client.call({ type: 'KILL', kill: { task_id: { value } } });
      await client.until(() => client.inState('TASK_KILLED') === 600, '600 killed tasks');
      await client.until(() => cluster.tasks() === 0, 'no task left');
      clock.advance(1_000);
      await client.until(() => client.offers.length > 0, 'new offers');
      const cpus = client.offers
        .flatMap(({ resources }) => resources ?? [])
        .filter(({ name }) => name === 'cpus');
      const sum = cpus.reduce((total, { scalar }) => total + (scalar?.value ?? 0), 0);
      assert.is(Math.round(sum), 20 * 64);
    }),
  LIMIT_MS,
);

test(
  'ends tasks as the script says',
  () =>
    run(
      2,
      async ({ client, clock }) => {
        await launch(client, 2);
        await client.until(() => client.inState('TASK_RUNNING') === 4, '4 running tasks');
        clock.advance(5_000);
        await client.until(() => client.inState('TASK_FAILED') === 2, '2 failed tasks');
        assert.is(client.states.get('agent-0-0')?.message, 'as told');
        assert.is(client.inState('TASK_RUNNING'), 2);
      },
      ({ task_id }) =>
        task_id.value.endsWith('-0')
          ? { state: 'TASK_FAILED', afterMs: 5_000, message: 'as told' }
          : undefined,
    ),
  LIMIT_MS,
);

test(
  'loses an agent, and gets it back with its tasks',
  () =>
    run(2, async ({ cluster, client, clock }) => {
      await launch(client, 3);
      await client.until(() => client.inState('TASK_RUNNING') === 6, '6 running tasks');
      cluster.agents[0]?.disconnect();
      for (let second = 0; second < 5; second++) {
        clock.advance(1_000);
        await pause(5);
      }
      await client.until(() => client.inState('TASK_UNREACHABLE') === 3, '3 unreachable tasks');
      cluster.agents[0]?.reconnect();
      await client.until(() => client.inState('TASK_RUNNING') === 6, '6 running tasks again');
      assert.is(client.states.get('agent-0-0')?.reason, 'REASON_AGENT_REREGISTERED');
    }),
  LIMIT_MS,
);

test.run();
