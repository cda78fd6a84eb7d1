import type { Wire } from '../../src/api/index.ts';
import { type Random, randomBelow } from '../../src/base/random.ts';
import type { Host } from './mesos/agent.ts';
import { MOST_UPDATED, UPDATED_CPUS, UPDATED_ROLE, type UpdatedJob } from './updates/update-owner.ts';
import { chance, pick } from './world.ts';

/** A job that a simulated user may create; a prefix of its task ids names it. */
export interface JobSpec {
  readonly prefix: string;
  readonly key: { readonly role: string; readonly environment: string; readonly name: string };
  readonly isService: boolean;
  readonly production: boolean;
  readonly instances: number;
  /** Most instances it can be grown to. */
  readonly most: number;
  readonly cpus: number;
  readonly limits: readonly { readonly name: 'host' | 'rack'; readonly limit: number }[];
  readonly wire: Wire<'JobConfiguration'>;
}

export const ROLE = 'web';
/** What a task's executor takes; the default of -thermos_executor_cpus. */
const EXECUTOR_CPUS = 0.25;

const POLICIES: readonly Wire<'PartitionPolicy'>[] = [
  { reschedule: true, delaySecs: 0 },
  { reschedule: true, delaySecs: 120 },
  { reschedule: false },
];

function jobSpec(random: Random, at: number, hosts: number, racks: number, crowded: boolean): JobSpec {
  const key = { role: ROLE, environment: 'prod', name: `job${at}` };
  const isService = chance(random, 0.75);
  const production = chance(random, 0.5);
  const instances = crowded && !production ? 5 + randomBelow(random, 8) : 1 + randomBelow(random, 5);
  const most = instances + 3;
  const cpus = pick(random, [0.5, 1, 2]) ?? 1;
  const limits =
    !crowded && chance(random, 0.5)
      ? [
          chance(random, 0.6)
            ? ({ name: 'host', limit: Math.ceil(most / (hosts - 1)) } as const)
            : ({ name: 'rack', limit: Math.ceil(most / racks) + 1 } as const),
        ]
      : [];
  const partitionPolicy = chance(random, 0.6) ? pick(random, POLICIES) : undefined;
  const ports = chance(random, 0.4) ? [{ namedPort: 'http' }, { namedPort: 'admin' }] : [];
  const taskConfig: Wire<'TaskConfig'> = {
    job: key,
    owner: { user: 'alice' },
    isService,
    maxTaskFailures: pick(random, [1, 3, -1]) ?? 1,
    tier: production ? 'preferred' : 'preemptible',
    executorConfig: { name: 'AuroraExecutor', data: '{}' },
    resources: [{ numCpus: cpus }, { ramMb: 128 }, { diskMb: 64 }, ...ports],
    constraints: limits.map(({ name, limit }) => ({ name, constraint: { limit: { limit } } })),
    ...(partitionPolicy ? { partitionPolicy } : {}),
  };
  return {
    prefix: `${key.role}-${key.environment}-${key.name}`,
    key,
    isService,
    production,
    instances,
    most,
    cpus,
    limits,
    wire: { key, owner: { user: 'alice' }, instanceCount: instances, taskConfig },
  };
}

/** Hosts and jobs of one run. */
export interface Landscape {
  /** There is room for all production tasks, but not for the others too: who stays pending is to be one of those. */
  readonly crowded: boolean;
  readonly hosts: readonly Host[];
  readonly jobs: readonly JobSpec[];
  /** Jobs that are there only through updates. */
  readonly updated: readonly UpdatedJob[];
  /** Of the role's production tasks; a little less than all of them would like. */
  readonly quotaCpus: number;
}

export function landscape(random: Random): Landscape {
  const crowded = chance(random, 0.25);
  const hostCount = 3 + randomBelow(random, 3);
  const rackCount = 2 + randomBelow(random, 2);
  const jobs = Array.from({ length: 2 + randomBelow(random, 4) }, (_, at) =>
    jobSpec(random, at, hostCount, rackCount, crowded),
  );
  const updated = Array.from(
    { length: randomBelow(random, 3) },
    (_, at): UpdatedJob => ({
      key: { role: UPDATED_ROLE, environment: 'prod', name: `svc${at}` },
    }),
  );
  const updatedCpus = updated.length * MOST_UPDATED * UPDATED_CPUS;
  const demand = jobs.reduce((cpus, job) => cpus + job.most * (job.cpus + EXECUTOR_CPUS), updatedCpus);
  const production = jobs.filter((job) => job.production);
  const urgent = production.reduce((cpus, job) => cpus + job.most * (job.cpus + EXECUTOR_CPUS), updatedCpus);
  const room = crowded ? Math.max(1.6 * urgent, 0.5 * demand) : 2.5 * demand;
  const cpus = Math.ceil(Math.max(crowded ? 6 : 4, room / hostCount));
  const hosts = Array.from({ length: hostCount }, (_, at): Host => {
    const ports = new Set(Array.from({ length: 60 }, (__, port) => 31_000 + port));
    return {
      name: `host${at}`,
      rack: `rack${at % rackCount}`,
      total: { cpus, mem: cpus * 1024, disk: cpus * 1024, ports },
    };
  });
  const quotaCpus = production.reduce((sum, job) => sum + (job.instances + 1) * job.cpus, 0) * 0.8;
  return { crowded, hosts, jobs, updated, quotaCpus };
}

/** Job and instance that a task id names. */
export function instanceOf(taskId: string): { readonly prefix: string; readonly instance: number } {
  const match = /^(.*)-(\d+)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(taskId);
  return { prefix: match?.[1] ?? taskId, instance: Number(match?.[2] ?? -1) };
}
