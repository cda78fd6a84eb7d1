import type { AssignedTask, TaskConfig } from '../../api/index.ts';
import { TRACE_LABEL } from '../../api/trace-label.ts';
import { AuroraError } from '../../base/errors.ts';
import {
  type CommandInfo,
  type ContainerInfo,
  type DiscoveryInfo,
  type ExecutorInfo,
  lasting,
  type Resource,
  type TaskInfo,
} from '../../mesos/index.ts';
import { assignmentData } from './assignment-data.ts';
import { dockerContainerInfo, mesosContainerInfo } from './container-info.ts';
import type { ExecutorSettings } from './executor-settings.ts';
import type { Executors } from './executors.ts';

const LABEL_PREFIX = 'org.apache.aurora.';

export interface TaskInfoSettings {
  readonly executors: Executors;
  readonly clusterName: string;
  readonly populateDiscoveryInfo: boolean;
  /** The trace that a task's launch belongs to. */
  readonly traceOf?: ((taskId: string) => string | undefined) | undefined;
}

/** What the task was allocated from the offer, in Mesos' form. */
export interface AllocatedResources {
  readonly task: readonly Resource[];
  readonly executor: readonly Resource[];
}

const sourceOf = ({ task: { job }, instanceId }: AssignedTask): string =>
  `${job.role}.${job.environment}.${job.name}.${instanceId}`;

const labelsOf = (config: TaskConfig, trace: string | undefined) => ({
  labels: [
    ...(config.tier === undefined ? [] : [{ key: `${LABEL_PREFIX}tier`, value: config.tier }]),
    ...config.metadata.map(({ key, value }) => ({ key: `${LABEL_PREFIX}metadata.${key}`, value })),
    ...(trace === undefined ? [] : [{ key: TRACE_LABEL, value: trace }]),
  ],
});

function discoveryOf(assigned: AssignedTask, clusterName: string): DiscoveryInfo {
  const { job } = assigned.task;
  return {
    visibility: 'CLUSTER',
    name: `${job.name}.${job.environment}.${job.role}`,
    environment: job.environment,
    location: clusterName,
    ports: {
      ports: Object.entries(assigned.assignedPorts).map(([name, number]) => ({
        number,
        name,
        protocol: 'TCP',
      })),
    },
  };
}

/** What the infos of all tasks of a configuration have in common. */
interface SharedParts {
  readonly labels: ReturnType<typeof labelsOf>;
  readonly command: CommandInfo;
  readonly container: ContainerInfo | undefined;
}

function makeParts(config: TaskConfig, settings: ExecutorSettings): SharedParts {
  const fetched = config.mesosFetcherUris.map(({ value, extract, cache, outputFile }) => ({
    value,
    executable: false,
    extract,
    cache,
    ...(outputFile === undefined ? {} : { output_file: outputFile }),
  }));
  const uris = [...(settings.command.uris ?? []), ...fetched];
  const container = config.container.docker
    ? dockerContainerInfo(config.container.docker, settings.mounts)
    : mesosContainerInfo(config.container.mesos, settings.mounts);
  return {
    labels: lasting(labelsOf(config, undefined)),
    command: lasting({ ...settings.command, ...(uris.length > 0 ? { uris } : {}) }),
    container: container && lasting(container),
  };
}

/** The memory is emptied after this many configurations, because every task may have one of its own. */
const REMEMBERED = 1_000;

/** Makes the shared parts of a configuration once for many tasks. */
const sharedParts = ((): typeof makeParts => {
  let known = new WeakMap<TaskConfig, { readonly settings: ExecutorSettings; readonly parts: SharedParts }>();
  let count = 0;
  return (config, settings) => {
    const same = known.get(config);
    if (same?.settings === settings) return same.parts;
    if (count++ % REMEMBERED === 0) known = new WeakMap();
    const parts = makeParts(config, settings);
    known.set(config, { settings, parts });
    return parts;
  };
})();

function executorInfo(
  assigned: AssignedTask,
  settings: ExecutorSettings,
  { command, container }: SharedParts,
  resources: readonly Resource[],
): ExecutorInfo {
  const source = sourceOf(assigned);
  return {
    executor_id: { value: `${settings.idPrefix}${assigned.taskId}` },
    name: settings.name,
    source,
    labels: { labels: [{ key: 'source', value: source }] },
    command,
    ...(resources.length > 0 ? { resources } : {}),
    ...(container ? { container } : {}),
  };
}

/** The executor of a configuration; undefined for a Docker task that runs without one. */
export function executorOf(config: TaskConfig, executors: Executors): ExecutorSettings | undefined {
  const name = config.executorConfig?.name;
  if (name === undefined) return undefined;
  const settings = executors.get(name);
  if (settings) return settings;
  throw new AuroraError('CONFIG', `executor ${name} is not configured`, {
    next: 'add it to -custom_executor_config',
  });
}

/** @throws AuroraError CONFIG when tasks of the configuration cannot be launched, because their executor is not configured */
export function checkLaunchable(config: TaskConfig, executors: Executors): void {
  if (!executorOf(config, executors) && !config.container.docker)
    throw new AuroraError('CONFIG', `a task of ${config.job.name} has no executor`);
}

/** What runs a task without an executor: its container. */
function withoutExecutor({ task, taskId }: AssignedTask): Pick<TaskInfo, 'command' | 'container'> {
  const { docker } = task.container;
  if (!docker) throw new AuroraError('CONFIG', `task ${taskId} has no executor`);
  return { command: { shell: false }, container: dockerContainerInfo(docker, []) };
}

/**
 * The TaskInfo for Mesos: labels, discovery, executor, container, and the assignment in Thrift form for the executor.
 * Source: the original's MesosTaskFactory.
 * @throws AuroraError CONFIG when the task's executor is no longer configured
 */
export function taskInfo(
  assigned: AssignedTask,
  agentId: string,
  resources: AllocatedResources,
  settings: TaskInfoSettings,
): TaskInfo {
  const config = assigned.task;
  const { job } = config;
  const executor = executorOf(config, settings.executors);
  const shared = executor && sharedParts(config, executor);
  const trace = settings.traceOf?.(assigned.taskId);
  return {
    name: `${job.role}/${job.environment}/${job.name}`,
    task_id: { value: assigned.taskId },
    agent_id: { value: agentId },
    resources: resources.task,
    labels: shared && trace === undefined ? shared.labels : labelsOf(config, trace),
    ...(settings.populateDiscoveryInfo ? { discovery: discoveryOf(assigned, settings.clusterName) } : {}),
    ...(executor && shared
      ? {
          executor: executorInfo(assigned, executor, shared, resources.executor),
          data: assignmentData(assigned),
        }
      : withoutExecutor(assigned)),
  };
}
