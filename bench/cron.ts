/** How late ticks run when 1,000 of 10,000 cron jobs are due in the same minute. Nothing is written to a disk. */
import { normalise } from '../src/api/index.ts';
import { systemClock } from '../src/base/clock.ts';
import { cron } from '../src/scheduler/cron/cron.ts';
import { cpuMs, figure } from './harness.ts';
import { benchLeading } from './state/leading.ts';

const JOBS = 10_000;
const DUE = 1_000;
const MINUTE_MS = 60_000;
/** How long before that minute the jobs are loaded. */
const LEAD_MS = 15_000;

const startMs = systemClock.nowMs();
const tickMs = Date.UTC(2026, 0, 5, 3, 30);
const clock = { ...systemClock, nowMs: () => tickMs - LEAD_MS + systemClock.nowMs() - startMs };
const world = await benchLeading(clock);
const { events, storage } = world;
const jobs = cron({ ...world, flags: { cronTimezone: 'GMT' } });
await storage.write((tx) => {
  for (let at = 0; at < JOBS; at++) {
    const job = { role: `role-${at % 20}`, environment: 'prod', name: `cron-${at}` };
    const taskConfig = { job, isService: false, resources: [{ numCpus: 1 }, { ramMb: 64 }, { diskMb: 64 }] };
    const cronSchedule = at < DUE ? '30 3 * * *' : `${at % 60} ${4 + (at % 19)} * * *`;
    jobs.save(tx, normalise('JobConfiguration', { key: job, cronSchedule, instanceCount: 1, taskConfig }));
  }
});
const lags: number[] = [];
let [firstCpuMs, lastCpuMs] = [0, 0];
const over = new Promise<void>((done) => {
  events.subscribe((event) => {
    if (event.kind !== 'cronRunDecided' || event.run.outcome !== 'STARTED') return;
    if (lags.length === 0) firstCpuMs = cpuMs();
    lags.push(clock.nowMs() - tickMs);
    lastCpuMs = cpuMs();
    if (lags.length === DUE) done();
  });
});
jobs.start();
const late = setTimeout(() => {
  throw new Error(`only ${lags.length} of ${DUE} ticks were run`);
}, MINUTE_MS);
await over;
clearTimeout(late);
lags.sort((a, b) => a - b);
figure({
  name: 'due_lag_p99_ms',
  value: lags[Math.ceil(DUE * 0.99) - 1] as number,
  unit: 'ms',
  conditions: `from the tick until its tasks are durable, ${JOBS} cron jobs, ${DUE} due at one instant`,
});
figure({
  name: 'run_cpu_us',
  value: ((lastCpuMs - firstCpuMs) * 1_000) / (DUE - 1),
  unit: 'us',
  conditions: 'CPU for each of these runs, from the first to the last one',
});
jobs.close();
await storage.close();
