/** How late ticks are run when 1,000 of 10,000 cron jobs are due in one minute. Nothing is written to a disk. */
import { normalise } from '../src/api/index.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { seededRandom } from '../src/base/random.ts';
import { cron } from '../src/scheduler/cron/cron.ts';
import { counters } from '../src/scheduler/metrics/counters.ts';
import { stateEvents, stateManager } from '../src/scheduler/state/index.ts';
import { openStorage } from '../src/scheduler/storage/index.ts';
import { figure } from './harness.ts';
import { noLog } from './state/placing.ts';

const JOBS = 10_000;
const DUE = 1_000;
const MINUTE_MS = 60_000;
/** The jobs are loaded this long before the minute. */
const LEAD_MS = 15_000;

const startMs = systemClock.nowMs();
const tickMs = Date.UTC(2026, 0, 5, 3, 30);
const clock = { ...systemClock, nowMs: () => tickMs - LEAD_MS + systemClock.nowMs() - startMs };
const counted = counters(clock);
const storage = await openStorage({ log: noLog, clock, logger: silentLogger, onFatal: () => {} });
const events = stateEvents(silentLogger, counted);
const state = stateManager({
  clock,
  random: seededRandom(1),
  counters: counted,
  events,
  kill: () => {},
  schedulerHost: 'here',
  flapping: { flappingTaskThresholdMs: 0, initialFlappingTaskDelayMs: 1, maxFlappingTaskDelayMs: 1 },
});
const jobs = cron({
  storage,
  state,
  events,
  clock,
  log: silentLogger,
  counters: counted,
  flags: { cronTimezone: 'GMT' },
});
await storage.write((tx) => {
  for (let at = 0; at < JOBS; at++) {
    const job = { role: `role-${at % 20}`, environment: 'prod', name: `cron-${at}` };
    const taskConfig = { job, isService: false, resources: [{ numCpus: 1 }, { ramMb: 64 }, { diskMb: 64 }] };
    const cronSchedule = at < DUE ? '30 3 * * *' : `${at % 60} ${4 + (at % 19)} * * *`;
    jobs.save(tx, normalise('JobConfiguration', { key: job, cronSchedule, instanceCount: 1, taskConfig }));
  }
});
const lags: number[] = [];
const over = new Promise<void>((done) => {
  events.subscribe((event) => {
    if (event.kind !== 'cronRunDecided' || event.run.outcome !== 'STARTED') return;
    lags.push(clock.nowMs() - tickMs);
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
jobs.close();
await storage.close();
