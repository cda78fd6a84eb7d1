import { normalise, type ScheduledTask, type TaskConfig } from '../../src/api/index.ts';
import type { WriteStores } from '../../src/scheduler/storage/index.ts';

/** The default number of tasks of a job. The state is like that of a cluster which has been running for a while. */
export const TASKS_OF_EACH = 1_000;
const AGENTS = 5_000;
const START_MS = Date.UTC(2026, 0, 1);

export const jobKeyOf = (job: number) => ({
  role: `team-${job % 20}`,
  environment: 'prod',
  name: `job-${job}`,
});

export const agentIdOf = (agent: number): string => `6a1ab2bb-ce52-4b2c-a6b2-0f3e5d7c9b1a-S${agent}`;
export const hostOf = (agent: number): string => `agent-${agent}.example.com`;

/** The executor data is about as long as that of a web server with a log shipper. */
const configOf = (job: number): TaskConfig =>
  normalise('TaskConfig', {
    job: jobKeyOf(job),
    owner: { user: 'bench' },
    isService: true,
    maxTaskFailures: 1,
    tier: 'preemptible',
    executorConfig: {
      name: 'AuroraExecutor',
      data: JSON.stringify({ name: `job-${job}`, processes: Array.from({ length: 10 }, processOf) }),
    },
    resources: [{ numCpus: 0.25 }, { ramMb: 256 }, { diskMb: 512 }, { namedPort: 'http' }],
    constraints: [{ name: 'host', constraint: { limit: { limit: 1 } } }],
  });

const processOf = (_: unknown, number: number) => ({
  name: `process-${number}`,
  cmdline: './server --port {{thermos.ports[http]}} --shard {{mesos.instance}}',
  max_failures: 1,
});

function taskOf(job: number, instanceId: number, task: TaskConfig, uuid: () => string): ScheduledTask {
  const agent = (job * 13 + instanceId * 7) % AGENTS;
  const startedMs = START_MS + job * 60_000 + instanceId * 10;
  const scheduler = 'scheduler-1.example.com';
  return {
    assignedTask: {
      taskId: `${task.job.role}-prod-${task.job.name}-${instanceId}-${uuid()}`,
      task,
      instanceId,
      assignedPorts: { http: 31_000 + (instanceId % 1_000) },
      slaveId: agentIdOf(agent),
      slaveHost: hostOf(agent),
    },
    status: 'RUNNING',
    failureCount: 0,
    timesPartitioned: 0,
    taskEvents: [
      { timestamp: startedMs, status: 'PENDING', scheduler },
      { timestamp: startedMs + 120, status: 'ASSIGNED', scheduler },
      { timestamp: startedMs + 900, status: 'STARTING', message: 'Initializing sandbox.', scheduler },
      { timestamp: startedMs + 2_300, status: 'RUNNING', scheduler },
    ],
  };
}

/** Adds a job of `count` running tasks. */
export function fillJob(
  { tasks }: WriteStores,
  job: number,
  uuid: () => string,
  count: number = TASKS_OF_EACH,
): void {
  const config = configOf(job);
  for (let instance = 0; instance < count; instance++) tasks.save(taskOf(job, instance, config, uuid));
}
