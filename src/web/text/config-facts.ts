import { megabytesText, numberText } from './amounts.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

function resourcesText(resources: readonly Fields[]): string {
  const texts = resources.flatMap((resource) => {
    const [[name, value] = ['', 0]] = Object.entries(resource);
    if (name === 'numCpus') return [`${numberText(Number(value))} cpu`];
    if (name === 'ramMb') return [`${megabytesText(Number(value))} ram`];
    if (name === 'diskMb') return [`${megabytesText(Number(value))} disk`];
    if (name === 'numGpus') return [`${value} gpu`];
    return [];
  });
  return texts.sort().join(', ');
}

const portsText = (resources: readonly Fields[]): string =>
  resources
    .flatMap(({ namedPort }) => (typeof namedPort === 'string' ? [namedPort] : []))
    .sort()
    .join(', ');

function constraintText({ constraint, name }: Fields): string {
  if (!isFields(constraint)) return String(name);
  const { limit, value } = constraint;
  if (isFields(limit)) return `at most ${limit.limit} on one ${name}`;
  if (!isFields(value)) return String(name);
  const values = Array.isArray(value.values) ? value.values.join(' or ') : '';
  return `${name} is ${value.negated ? 'not ' : ''}${values}`;
}

function containerText(container: unknown): string {
  if (!isFields(container)) return '';
  const { docker, mesos } = container;
  if (isFields(docker)) return `docker ${docker.image}`;
  const image = isFields(mesos) ? mesos.image : undefined;
  if (!isFields(image)) return '';
  const { appc, docker: inMesos } = image;
  if (isFields(inMesos)) return `${inMesos.name}:${inMesos.tag}`;
  return isFields(appc) ? `${appc.name} ${appc.imageId}` : '';
}

function processesText(executorConfig: unknown): string {
  const data = isFields(executorConfig) ? executorConfig.data : undefined;
  const task = isFields(data) ? data.task : undefined;
  return isFields(task)
    ? listOf(task.processes)
        .map(({ name }) => String(name))
        .join(', ')
    : '';
}

function slaText(policy: unknown): string {
  if (!isFields(policy)) return '';
  const {
    coordinatorSlaPolicy: coordinator,
    countSlaPolicy: count,
    percentageSlaPolicy: percentage,
  } = policy;
  if (isFields(percentage)) return `${percentage.percentage} % running for ${percentage.durationSecs} s`;
  if (isFields(count)) return `${count.count} running for ${count.durationSecs} s`;
  return isFields(coordinator) ? `as ${coordinator.coordinatorUrl} says` : '';
}

/** The facts of a configuration that readers look for first, as text; fields that are not set are left out. */
export function configFacts(config: Fields): readonly (readonly [name: string, value: string])[] {
  const { constraints, container, contactEmail, executorConfig, isService, metadata, priority, tier } =
    config;
  const resources = listOf(config.resources);
  const owner = isFields(config.owner) ? config.owner.user : undefined;
  const partition = isFields(config.partitionPolicy) ? config.partitionPolicy : undefined;
  const facts: readonly (readonly [string, unknown])[] = [
    ['Resources', resourcesText(resources)],
    ['Ports', portsText(resources)],
    ['Constraints', listOf(constraints).map(constraintText).join('; ')],
    ['Tier', tier],
    ['Service', isService ? 'yes' : 'no'],
    ['Processes', processesText(executorConfig)],
    ['Container', containerText(container)],
    ['Priority', priority],
    ['Failures allowed', config.maxTaskFailures],
    ['Owner', owner],
    ['Contact', contactEmail],
    ['SLA policy', slaText(config.slaPolicy)],
    [
      'When partitioned',
      partition && (partition.reschedule ? `moved after ${partition.delaySecs ?? 0} s` : 'kept'),
    ],
    [
      'Metadata',
      listOf(metadata)
        .map(({ key, value }) => `${key}=${value}`)
        .join(', '),
    ],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' || value === 0 ? [] : [[name, String(value)] as const],
  );
}
