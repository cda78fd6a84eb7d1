import { type Container, type TaskConfig, toNumber } from '../../api/index.ts';
import type { FlagSlice } from '../flags/slices.ts';
import { bagOf } from '../offers/resource-bag.ts';
import { DEDICATED } from '../scheduling/constraints.ts';
import { refused } from './refusal.ts';

// A dedicated constraint names one value, ROLE/label or */label; a negated one would reach the hosts of everybody.
/** The one constraint with rules of its own: who may use dedicated hosts. */
export function checkConstraints(config: TaskConfig): void {
  for (const { name, constraint } of config.constraints) {
    if (name !== DEDICATED) continue;
    const rule = constraint.value;
    if (!rule) throw refused('A dedicated constraint must be of value type.');
    if (rule.negated) throw refused('A dedicated constraint may not be negated.');
    if (rule.values.length !== 1) throw refused('A dedicated constraint must have exactly one value.');
    const owner = rule.values[0]?.split('/')[0];
    if (owner !== '*' && owner !== config.job.role)
      throw refused(`Only ${owner} may use hosts dedicated for that role.`);
  }
}

/** The container with the defaults of the cluster filled in. */
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
  if (seen.has('numGpus') && !options.allowGpuResource)
    throw refused('GPU resource support is disabled in this cluster.');
  if (bag.gpus < 0 || bag.ips < 0) throw refused('A resource may not be negative.');
}

/** An SLA policy must leave at least one instance that may be taken down. */
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
  const { countSlaPolicy: count, percentageSlaPolicy: percentage } = policy;
  const numbers = count ?? percentage;
  if (!numbers) return;
  const least = options.minRequiredInstancesForSlaCheck;
  if (instanceCount < least)
    throw refused(`Job with fewer than ${least} instances cannot have Percentage/Count SlaPolicy.`);
  const free = count
    ? instanceCount - toNumber(count.count)
    : instanceCount * (1 - (percentage?.percentage ?? 0) / 100);
  if (free < 1) throw refused('The SlaPolicy must leave at least one instance that may be killed.');
  if (toNumber(numbers.durationSecs) * 1000 > options.maxSlaDurationMs)
    throw refused(`The SlaPolicy may look back ${options.maxSlaDurationMs / 1000} secs at most.`);
}
