/**
 * Every view of the web page on a large cluster, one after the other: how long a reply takes, what it costs, and the
 * longest turn of the event loop meanwhile. Costs and turns are processor time of the main thread, so that other work of
 * the machine does not count; the client's part is in them. The first reply, which fills the caches, has its own columns.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { CONDITIONS, LARGE_JOB, pageCluster } from './cluster/page-cluster.ts';
import { figure } from './harness.ts';
import { hostOf } from './state/fill.ts';

const TIMES = Number(process.env.BENCH_VIEWS ?? 50);

const job = encodeURIComponent(`${LARGE_JOB.role}/${LARGE_JOB.environment}/${LARGE_JOB.name}`);
const VIEWS = [
  'session',
  'roles',
  `jobs?role=${LARGE_JOB.role}`,
  `job?job=${job}`,
  `instance?job=${job}&instance=7`,
  'updates',
  'pending',
  'agents',
  'agents?cells=all',
  `agent?host=${hostOf(7)}`,
  'maintenance',
  'cron',
  'quota',
  'search?q=job-77',
  'search?q=77b1-4f',
  'scheduler',
];

/** The processor time of the main thread, from the kernel. */
function mainThread(): { cpuMs(): number; close(): void } {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const bytes = Buffer.alloc(64);
  return {
    cpuMs: () => Number(bytes.toString('latin1', 0, readSync(file, bytes, 0, 64, 0)).split(' ')[0]) / 1e6,
    close: () => closeSync(file),
  };
}

/** Looks at every turn of the event loop, until it is stopped; tells the longest one since it was last asked. */
function turnProbe(cpuMs: () => number): { longestMs(): number; stop(): void } {
  let longest = 0;
  let lastMs = cpuMs();
  let next: NodeJS.Immediate;
  const look = () => {
    const nowMs = cpuMs();
    longest = Math.max(longest, nowMs - lastMs);
    lastMs = nowMs;
    next = setImmediate(look);
  };
  look();
  return {
    longestMs() {
      const found = longest;
      longest = 0;
      return found;
    },
    stop: () => clearImmediate(next),
  };
}

interface Measured {
  readonly path: string;
  readonly firstMs: number;
  readonly firstTurnMs: number;
  readonly meanMs: number;
  readonly p99: number;
  readonly turnMs: number;
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(sorted.length * share) - 1] as number;

const { origin, stop } = await pageCluster();
const thread = mainThread();

async function measured(path: string): Promise<Measured> {
  const read = async () => {
    const startMs = thread.cpuMs();
    const reply = await fetch(`${origin}/api/view/${path}`, { headers: { 'Accept-Encoding': 'identity' } });
    if (!reply.ok) throw new Error(`${path} ${reply.status}`);
    await reply.arrayBuffer();
    return thread.cpuMs() - startMs;
  };
  const probe = turnProbe(thread.cpuMs);
  const firstMs = await read();
  const firstTurnMs = probe.longestMs();
  const times: number[] = [];
  const startMs = thread.cpuMs();
  for (let time = 0; time < TIMES; time++) times.push(await read());
  const meanMs = (thread.cpuMs() - startMs) / TIMES;
  const turnMs = probe.longestMs();
  probe.stop();
  times.sort((a, b) => a - b);
  return { path, firstMs, firstTurnMs, meanMs, p99: at(times, 0.99), turnMs };
}

try {
  const rows: Measured[] = [];
  const only = process.env.BENCH_ONLY ?? '';
  for (const path of VIEWS.filter((one) => one.includes(only))) rows.push(await measured(path));
  console.log('processor time, ms              first  its turn   mean     p99  longest turn');
  for (const { path, firstMs, firstTurnMs, meanMs, p99, turnMs } of rows)
    console.log(
      path.slice(0, 28).padEnd(28),
      ...[firstMs, firstTurnMs, meanMs, p99, turnMs].map((ms) => ms.toFixed(1).padStart(8)),
    );
  const worst = (value: (row: Measured) => number) => rows.reduce((a, b) => (value(a) >= value(b) ? a : b));
  const slowest = worst(({ meanMs }) => meanMs);
  const longest = worst(({ firstTurnMs, turnMs }) => Math.max(firstTurnMs, turnMs));
  figure({
    name: 'slowest_view_ms',
    value: slowest.meanMs,
    unit: 'ms',
    conditions: `${CONDITIONS}, mean of ${TIMES}, processor time: ${slowest.path}`,
  });
  figure({
    name: 'longest_turn_ms',
    value: Math.max(longest.firstTurnMs, longest.turnMs),
    unit: 'ms',
    conditions: `${CONDITIONS}, processor time: ${longest.path}`,
  });
} finally {
  thread.close();
  await stop();
}
