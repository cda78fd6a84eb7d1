import { type Container, type TaskConfig, toNumber } from '../../api/index.ts';
import { constraintProblem } from '../../api/rules/constraints.ts';
import { slaProblem } from '../../api/rules/sla.ts';
import { taskIdProblem } from '../../api/rules/task-id.ts';
import { RULES } from '../../api/rules/values.ts';
import type { FlagSlice } from '../flags/slices.ts';
import { bagOf } from '../offers/resource-bag.ts';
import { refused } from './job-refusal.ts';

/** Refuses constraints that no host can satisfy, or that the role may not use. */
export function checkConstraints({ constraints, job }: TaskConfig): void {
  for (const constraint of constraints) {
    const problem = constraintProblem(constraint, job.role);
    if (problem) throw refused(`The constraint ${constraint.name} ${problem}.`);
  }
}

/** Refuses ids that Mesos would refuse, but only at the launch of the task. */
export function checkTaskIds(
  { job }: Pick<TaskConfig, 'job'>,
  instances: number,
  executorPrefix: string,
): void {
  const problem = taskIdProblem(job, instances, executorPrefix);
  if (problem) throw refused(`The job's key ${problem}.`);
}

/** The checked container, with the cluster's defaults filled in. */
export function checkedContainer(config: TaskConfig, options: FlagSlice<'judging'>): Container {
  const { docker } = config.container;
  const type = docker ? 'DOCKER' : 'MESOS';
  if (!options.allowedContainerTypes.includes(type))
    throw refused(`This scheduler is not configured to allow the container type ${type}`);
  if (!docker) return config.container;
  if (docker.image === '') throw refused('A docker container must specify an image.');
  if (options.requireDockerUseExecutor && !config.executorConfig)
    throw refused('This scheduler is configured to require an executor for Docker-based tasks.');
  if (docker.parameters.length > 0) {
    if (options.allowDockerParameters) return config.container;
    throw refused('Docker parameters not allowed.');
  }
  const parameters = options.defaultDockerParameters.map((text) => {
    const [name = '', ...value] = text.split('=');
    return { name, value: value.join('=') };
  });
  return { docker: { ...docker, parameters } };
}

const REQUIRED = [
  ['num_cpus', 'cpus'],
  ['ram_mb', 'ramMb'],
  ['disk_mb', 'diskMb'],
] as const;

export function checkResources(config: TaskConfig, options: FlagSlice<'judging'>): void {
  const seen = new Set<string>();
  for (const resource of config.resources) {
    const type = Object.keys(resource)[0] as string;
    if (type !== 'namedPort' && seen.has(type))
      throw refused('Multiple resource values are not supported for this type.');
    seen.add(type);
  }
  const ports = config.resources.flatMap(({ namedPort }) => namedPort ?? []);
  if (new Set(ports).size !== ports.length) throw refused('A named port may be asked for only once.');
  const bag = bagOf(config.resources);
  for (const [label, type] of REQUIRED)
    if (!(bag[type] > 0)) throw refused(`${label} must be greater than 0`);
  const cpus = RULES.cpus(bag.cpus);
  if (cpus) throw refused(`num_cpus ${cpus}: Mesos counts in thousandths`);
  if (seen.has('numGpus') && !options.allowGpuResource)
    throw refused('GPU resource support is disabled in this cluster.');
  if (bag.gpus < 0 || bag.ips < 0) throw refused('A resource may not be negative.');
}

/** Refuses an SLA policy that the tier, the size of the job or the cluster does not allow. */
export function checkSlaPolicy(
  config: TaskConfig,
  instanceCount: number,
  production: boolean,
  options: FlagSlice<'judging'>,
): void {
  const policy = config.slaPolicy;
  if (!policy) return;
  if (!production && !options.slaAwareKillNonProd)
    throw refused(`Tier '${config.tier}' does not support SlaPolicy.`);
  const numbers = policy.countSlaPolicy ?? policy.percentageSlaPolicy;
  const least = options.minRequiredInstancesForSlaCheck;
  if (numbers && instanceCount < least)
    throw refused(`Job with fewer than ${least} instances cannot have Percentage/Count SlaPolicy.`);
  const problem = slaProblem(policy, instanceCount);
  if (problem) throw refused(`The ${problem.field} of the SlaPolicy ${problem.text}.`);
  if (numbers && toNumber(numbers.durationSecs) * 1000 > options.maxSlaDurationMs)
    throw refused(`The SlaPolicy may look back ${options.maxSlaDurationMs / 1000} secs at most.`);
}
