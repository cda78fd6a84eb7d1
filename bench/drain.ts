/**
 * What draining many hosts costs the leader: of 10,000 agents with 100,000 tasks of 1,000 jobs with SLA policies, 1,000
 * hosts are drained. The stores, the gate and the drains are the scheduler's own; nothing is written to a disk.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { drains } from '../src/scheduler/maintenance/drains.ts';
import { slaGate } from '../src/scheduler/sla/sla-gate.ts';
import type { WriteStores } from '../src/scheduler/storage/index.ts';
import { BUILT_IN_TIERS } from '../src/scheduler/tiers.ts';
import { figure, median } from './harness.ts';
import { benchLeading } from './state/leading.ts';
import { serviceConfig } from './state/service-config.ts';

const AGENTS = 10_000;
const JOBS = 1_000;
const TASKS_OF_JOB = 100;
const DRAINED = 1_000;
/** How often the tasks are judged here. A drain that takes hours judges them many times. */
const PASSES = 7;
const HOUR_MS = 3_600_000;

const hostOf = (agent: number): string => `host-${agent}`;

function fill(tx: WriteStores): void {
  for (let agent = 0; agent < AGENTS; agent++)
    tx.hosts.save({ host: hostOf(agent), slaveId: `agent-${agent}`, attributes: [] });
  const sinceMs = Date.now() - HOUR_MS;
  for (let job = 0; job < JOBS; job++) {
    const task = serviceConfig(job, {
      slaPolicy: { percentageSlaPolicy: { percentage: 95, durationSecs: 1_800 } },
    });
    for (let instanceId = 0; instanceId < TASKS_OF_JOB; instanceId++) {
      const agent = (job + instanceId * 100) % AGENTS;
      tx.tasks.save({
        assignedTask: {
          taskId: `task-${job}-${instanceId}`,
          task,
          instanceId,
          assignedPorts: {},
          slaveId: `agent-${agent}`,
          slaveHost: hostOf(agent),
        },
        status: 'RUNNING',
        failureCount: 0,
        timesPartitioned: 0,
        taskEvents: [{ timestamp: sinceMs, status: 'RUNNING' }],
      });
    }
  }
}

const world = await benchLeading();
const { state, storage } = world;
await storage.write(fill);
const gate = slaGate({
  ...world,
  tiers: BUILT_IN_TIERS,
  flags: {
    clusterName: 'bench',
    maxParallelCoordinatedMaintenance: 10,
    minRequiredInstancesForSlaCheck: 20,
    slaAwareKillNonProd: false,
    slaCoordinatorTimeoutMs: 60_000,
  },
});
const draining = drains({
  ...world,
  gate,
  flags: { hostMaintenancePollingIntervalMs: 60_000, unavailabilityThresholdMs: 360_000 },
});
draining.start();

const turn = () => new Promise((done) => setImmediate(done));

async function someTurns(): Promise<void> {
  for (let nth = 0; nth < 50; nth++) {
    await storage.settled();
    await turn();
  }
}

/**
 * Begins some work and gives the drains 50 turns of the event loop for it. Returns the CPU time and the longest stall,
 * both in milliseconds.
 */
async function pass(begin: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  await begin();
  await someTurns();
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  return { cpuMs: (user + system) / 1_000, stallMs: delay.max / 1e6 };
}

// The hosts of the first ten tasks of each job, which is ten per cent of every job.
const drained = Array.from({ length: DRAINED }, (_, at) => hostOf(at));
const request = (host: string) => ({
  host,
  defaultSlaPolicy: { percentageSlaPolicy: { percentage: 95, durationSecs: 1_800 } },
  timeoutSecs: 86_400,
  createdTimestampMs: Date.now(),
});
const countWaiting = () => drained.reduce((sum, host) => sum + draining.waitingOn(host).length, 0);
const first = await pass(() =>
  storage.write((tx) => {
    for (const host of drained) {
      tx.maintenance.save(request(host));
      state.setHostMode(tx, host, 'DRAINING');
    }
  }),
);
// A slow machine may not have finished the first pass by then; the rest must not count for the passes that follow.
let waiting = countWaiting();
for (let before = -1; before !== waiting; waiting = countWaiting()) {
  before = waiting;
  await someTurns();
}
if (waiting < JOBS || waiting >= JOBS * 10)
  throw new Error(`${waiting} tasks wait: the policies did not work`);
const passes: Awaited<ReturnType<typeof pass>>[] = [];
for (let nth = 0; nth < PASSES; nth++)
  passes.push(
    await pass(async () => {
      for (const host of drained) draining.requestChanged(host);
    }),
  );

const conditions = `${AGENTS} agents, ${JOBS * TASKS_OF_JOB} tasks, ${JOBS} jobs with policies, ${DRAINED} hosts drained`;
figure({
  name: 'first_pass_ms',
  value: first.cpuMs,
  unit: 'ms',
  conditions: `CPU, all begin; ${conditions}`,
});
figure({
  name: 'pass_ms',
  value: median(passes.map(({ cpuMs }) => cpuMs)),
  unit: 'ms',
  conditions: `CPU, every one of ${waiting} waiting tasks judged again, median of ${PASSES}; ${conditions}`,
});
figure({
  name: 'max_stall_ms',
  value: Math.max(first.stallMs, ...passes.map(({ stallMs }) => stallMs)),
  unit: 'ms',
  conditions,
});
draining.close();
await storage.close();
