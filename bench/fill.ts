/**
 * The cost of placing ten tasks, at most one on a host, while the scheduler holds offers of 2,000, 20,000 and 200,000
 * hosts; a round includes its write and its launches. Separately, the cost of an arriving offer. Neither may depend on
 * the number of hosts.
 */
import { availableParallelism } from 'node:os';
import { cpuMs, curve, figure, median } from './harness.ts';
import { benchConfig, benchOffer, benchPlacing } from './state/placing.ts';

const HOSTS = [2_000, 20_000, 200_000];
const TASKS = 10;
/** Rounds that only warm up, and rounds that count. */
const WARM_UP = 300;
const ROUNDS = 500;
const REPEATS = 5;
const AT_A_TIME = 1_000;

const limited = [{ name: 'host', constraint: { limit: { limit: 1 } } }];

interface Cost {
  readonly usPerTask: number;
  readonly usPerOffer: number;
}

interface Cluster {
  rounds(count: number): Promise<Cost>;
  close(): Promise<void>;
}

async function cluster(hosts: number): Promise<Cluster> {
  const { book, insert, place, storage } = await benchPlacing();
  await storage.write((tx) => {
    for (let host = 0; host < hosts; host++) {
      const attributes = [
        { name: 'host', values: [`agent-${host}`] },
        { name: 'rack', values: [`r${host % 100}`] },
      ];
      tx.hosts.save({ host: `agent-${host}`, slaveId: `agent-${host}`, attributes });
    }
  });
  for (let host = 0; host < hosts; host += AT_A_TIME)
    book.add(Array.from({ length: AT_A_TIME }, (_, at) => benchOffer(host + at)));
  let nth = 0;
  let placingMs = 0;
  let offeringMs = 0;
  const round = async (): Promise<void> => {
    const attempt = await insert(benchConfig(`job-${++nth}`, { constraints: limited }), TASKS);
    const startMs = cpuMs();
    const [placed] = place([attempt]);
    await storage.settled();
    placingMs += cpuMs() - startMs;
    if (placed?.size !== TASKS) throw new Error(`only ${placed?.size} tasks found a place`);
    const agents = storage.read(({ tasks }) =>
      attempt.taskIds.map((id) => Number(tasks.get(id)?.assignedTask.slaveId?.slice('agent-'.length))),
    );
    if (new Set(agents).size !== TASKS) throw new Error('two tasks share a host');
    const fresh = agents.map((agent) => benchOffer(agent, nth));
    const backMs = cpuMs();
    book.add(fresh);
    offeringMs += cpuMs() - backMs;
    await storage.write((tx) => {
      for (const id of attempt.taskIds) tx.tasks.delete(id);
    });
  };
  return {
    async rounds(count) {
      placingMs = 0;
      offeringMs = 0;
      for (let at = 0; at < count; at++) await round();
      const many = (count * TASKS) / 1_000;
      return { usPerTask: placingMs / many, usPerOffer: offeringMs / many };
    },
    close: storage.close,
  };
}

const clusters: Cluster[] = [];
for (const hosts of HOSTS) clusters.push(await cluster(hosts));
for (const one of clusters) await one.rounds(WARM_UP);
const measured = clusters.map(() => [] as Cost[]);
// The sizes take turns, so that variations of the machine's speed affect all of them.
for (let repeat = 0; repeat < REPEATS; repeat++)
  for (const [at, one] of clusters.entries()) measured[at]?.push(await one.rounds(ROUNDS));
for (const one of clusters) await one.close();

const costsOf = (what: keyof Cost) =>
  HOSTS.map((size, at) => ({ size, cost: median((measured[at] as Cost[]).map((cost) => cost[what])) }));
const costs = costsOf('usPerTask');
const conditions = [
  `${TASKS} tasks a round, one a host, each round of a new job, the offers come back after it`,
  `median of ${REPEATS} x ${ROUNDS} rounds, CPU time, nothing on disk`,
  `${availableParallelism()} cores, node ${process.version}`,
].join('; ');
figure({
  name: 'tasks_per_s',
  value: 1e6 / (costs.at(-1)?.cost as number),
  unit: 'tasks/s',
  conditions: `${HOSTS.at(-1)} hosts, ${conditions}`,
});
curve({ name: 'curve', unit: 'us/task', of: 'hosts', costs, conditions });
curve({ name: 'offer_curve', unit: 'us/offer', of: 'hosts', costs: costsOf('usPerOffer'), conditions });
