/**
 * Every view of the web page on a large cluster, one after the other: how long a reply takes and costs, and the longest
 * turn of the scheduler's event loop meanwhile. The first reply, which fills the caches, is a column of its own.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CONDITIONS, LARGE_JOB, pageCluster } from './cluster/page-cluster.ts';
import { cpuMs, figure } from './harness.ts';
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

interface Measured {
  readonly path: string;
  readonly firstMs: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly turnMs: number;
  readonly firstTurnMs: number;
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(sorted.length * share) - 1] as number;

async function measured(origin: string, path: string): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const read = async () => {
    const startMs = performance.now();
    const reply = await fetch(`${origin}/api/view/${path}`);
    if (!reply.ok) throw new Error(`${path} ${reply.status}`);
    await reply.arrayBuffer();
    return performance.now() - startMs;
  };
  delay.enable();
  const firstMs = await read();
  const firstTurnMs = delay.max / 1e6;
  delay.reset();
  const beforeMs = cpuMs();
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) times.push(await read());
  delay.disable();
  times.sort((a, b) => a - b);
  return {
    path,
    firstMs,
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    cpu: (cpuMs() - beforeMs) / TIMES,
    turnMs: delay.max / 1e6,
    firstTurnMs,
  };
}

const { origin, stop } = await pageCluster();
try {
  const rows: Measured[] = [];
  for (const path of VIEWS.filter((one) => !process.env.BENCH_ONLY || one.includes(process.env.BENCH_ONLY)))
    rows.push(await measured(origin, path));
  console.log('view                            first  its turn    p50    p99    cpu  longest turn (ms)');
  for (const { path, firstMs, firstTurnMs, p50, p99, cpu, turnMs } of rows)
    console.log(
      path.slice(0, 28).padEnd(28),
      ...[firstMs, firstTurnMs, p50, p99, cpu, turnMs].map((ms) => ms.toFixed(1).padStart(8)),
    );
  const worst = (value: (row: Measured) => number) => rows.reduce((a, b) => (value(a) >= value(b) ? a : b));
  const slowest = worst(({ p50 }) => p50);
  figure({
    name: 'slowest_view_ms',
    value: slowest.p50,
    unit: 'ms',
    conditions: `${CONDITIONS}, median of ${TIMES}: ${slowest.path}`,
  });
} finally {
  await stop();
}
