/** What one refresh of the SLA metrics costs the leader, with 100,000 tasks of 1,000 production jobs. */
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { counters } from '../src/scheduler/metrics/counters.ts';
import { slaNumbers } from '../src/scheduler/sla/sla-numbers.ts';
import { stateEvents } from '../src/scheduler/state/index.ts';
import { openStorage, type WriteStores } from '../src/scheduler/storage/index.ts';
import { BUILT_IN_TIERS } from '../src/scheduler/tiers.ts';
import { figure, median } from './harness.ts';
import { noLog } from './state/placing.ts';
import { serviceConfig } from './state/service-config.ts';

const JOBS = 1_000;
const TASKS_OF_JOB = 100;
const ROUNDS = 15;
const REFRESH_MS = 60_000;

function fill(tx: WriteStores): void {
  const nowMs = Date.now();
  for (let job = 0; job < JOBS; job++) {
    const task = serviceConfig(job);
    for (let instanceId = 0; instanceId < TASKS_OF_JOB; instanceId++) {
      const madeMs = nowMs - 3_600_000 - instanceId * 1_000;
      tx.tasks.save({
        assignedTask: { taskId: `task-${job}-${instanceId}`, task, instanceId, assignedPorts: {} },
        status: 'RUNNING',
        failureCount: 0,
        timesPartitioned: 0,
        taskEvents: [
          { timestamp: madeMs, status: 'PENDING' },
          { timestamp: madeMs + 500, status: 'ASSIGNED' },
          { timestamp: madeMs + 900, status: 'STARTING' },
          { timestamp: madeMs + 2_000, status: 'RUNNING' },
        ],
      });
    }
  }
}

const counted = counters(systemClock);
const storage = await openStorage({
  log: noLog,
  clock: systemClock,
  logger: silentLogger,
  onFatal: () => {},
});
await storage.write(fill);
/** The refresh normally runs on a timer; the bench catches it here and runs it itself. */
let refresh: (() => void) | undefined;
const clock = {
  ...systemClock,
  after(delayMs: number, task: () => void) {
    if (delayMs !== REFRESH_MS) return systemClock.after(delayMs, task);
    refresh = task;
    return { cancel: () => {} };
  },
};
const numbers = slaNumbers({
  storage,
  events: stateEvents(silentLogger, counted),
  clock,
  counters: counted,
  tiers: BUILT_IN_TIERS,
  flags: {
    slaProdMetrics: ['JOB_UPTIMES', 'PLATFORM_UPTIME', 'MEDIANS'],
    slaNonProdMetrics: [],
    slaStatRefreshIntervalMs: REFRESH_MS,
  },
});
numbers.start();
for (let at = 0; at < 2_000; at++) await new Promise((done) => setImmediate(done));
const tookMs = Array.from({ length: ROUNDS }, () => {
  const before = process.cpuUsage();
  refresh?.();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
});
figure({
  name: 'refresh_ms',
  value: median(tookMs),
  unit: 'ms',
  conditions: `CPU of one refresh, ${JOBS * TASKS_OF_JOB} running tasks, ${JOBS} jobs, median of ${ROUNDS}`,
});
numbers.close();
await storage.close();
