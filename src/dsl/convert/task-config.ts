import {
  AURORA_EXECUTOR_NAME,
  type CronCollisionPolicy,
  type CronMissedTickPolicy,
  type Metadata,
  type Resource,
  type Wire,
} from '../../api/index.ts';
import type { ResolvedStruct } from '../schema/table.ts';
import { containerOf } from './container.ts';
import { portsOf } from './ports.ts';
import { constraintsOf } from './scheduling-constraints.ts';
import { slaPolicyOf } from './sla-policy.ts';
import type { WireForm } from './wire-form.ts';

type Job = ResolvedStruct<'Job'>;

const MB = 2 ** 20;

/**
 * The job as sent to the scheduler, including the configuration of its instances. `user` is the user who submits it;
 * `executorData` is the data for the executor, null for an executor with its own data.
 */
export function jobConfigurationOf(
  job: Job,
  user: string,
  executorData: WireForm | null,
): Wire<'JobConfiguration'> {
  const { role, environment, name } = job;
  const key = { role, environment, name };
  const owner = { user };
  return {
    key,
    owner,
    ...(job.cronSchedule === undefined ? {} : { cronSchedule: job.cronSchedule }),
    cronCollisionPolicy: job.cronCollisionPolicy.toUpperCase() as CronCollisionPolicy,
    ...(job.cronTimeZone === undefined ? {} : { cronTimeZone: job.cronTimeZone }),
    ...(job.cronMissedTickPolicy === undefined
      ? {}
      : { cronMissedTickPolicy: job.cronMissedTickPolicy.toUpperCase() as CronMissedTickPolicy }),
    instanceCount: job.instances,
    taskConfig: {
      job: key,
      owner,
      isService: job.service,
      production: job.production,
      maxTaskFailures: job.maxTaskFailures,
      priority: job.priority,
      ...(job.contact === undefined ? {} : { contactEmail: job.contact }),
      ...(job.tier === undefined ? {} : { tier: job.tier }),
      ...(job.partitionPolicy ? { partitionPolicy: job.partitionPolicy } : {}),
      ...(job.slaPolicy ? { slaPolicy: slaPolicyOf(job.slaPolicy) } : {}),
      metadata: metadataOf(job),
      resources: resourcesOf(job),
      constraints: constraintsOf(job),
      container: containerOf(job),
      taskLinks: {},
      executorConfig: {
        name: job.executorConfig.name,
        data: executorData ? JSON.stringify(executorData) : job.executorConfig.data,
      },
    },
  };
}

/** False for a job of another executor, which gets its own data instead of the job. */
export const runsThermos = ({ executorConfig }: Job): boolean => executorConfig.name === AURORA_EXECUTOR_NAME;

/** Removes equal pairs, because the wire has a set. */
const metadataOf = ({ metadata }: Job): readonly Metadata[] => [
  ...new Map(metadata.map((entry) => [JSON.stringify([entry.key, entry.value]), entry])).values(),
];

function resourcesOf(job: Job): readonly Resource[] {
  const { cpu, ram, disk, gpu } = job.task.resources;
  return [
    { numCpus: cpu },
    { ramMb: Math.floor(ram / MB) },
    { diskMb: Math.floor(disk / MB) },
    ...portsOf(job).map((namedPort): Resource => ({ namedPort })),
    ...(gpu > 0 ? [{ numGpus: gpu } as const] : []),
  ];
}
