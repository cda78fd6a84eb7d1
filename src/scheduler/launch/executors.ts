import { basename } from 'node:path';
import { AURORA_EXECUTOR_NAME, AURORA_EXECUTOR_PREFIX } from '../../api/index.ts';
import { RULES } from '../../api/rules/values.ts';
import { AuroraError } from '../../base/errors.ts';
import { shellQuoted } from '../../base/shell.ts';
import type { Volume } from '../../mesos/index.ts';
import { namedFile } from '../flags/named-file.ts';
import type { SchedulerOptions } from '../flags/parse.ts';
import { EMPTY_BAG } from '../offers/resource-bag.ts';
import { customExecutors } from './custom-executors.ts';
import type { ExecutorSettings } from './executor-settings.ts';

/** Executors by name. */
export type Executors = ReadonlyMap<string, ExecutorSettings>;

/** The sandbox in a shell command of the agent; quoted, because the agent's work directory may contain blanks. */
const SANDBOX = '"${MESOS_SANDBOX=.}"';

/** Parses `host:container:mode`. */
function mount(text: string): Volume {
  const [host, container, mode, ...rest] = text.split(':');
  if (!host || !container || (mode !== 'RO' && mode !== 'RW') || rest.length > 0) {
    throw new AuroraError('USAGE', `flag -global_container_mounts: "${text}" is not a mount`, {
      next: 'write HOST_PATH:CONTAINER_PATH:RO or ...:RW',
    });
  }
  return { host_path: host, container_path: container, mode };
}

const executable = (value: string) => ({ value, executable: true });

/** The executor of this package; Mesos' fetcher copies its file to the agents. */
function thermosExecutor(options: SchedulerOptions, executorPath: string): ExecutorSettings {
  const home = options.thermosHomeInSandbox ? `HOME=${SANDBOX} ` : '';
  return {
    name: AURORA_EXECUTOR_NAME,
    idPrefix: AURORA_EXECUTOR_PREFIX,
    command: {
      value:
        `${home}${SANDBOX}/${shellQuoted(basename(executorPath))} ${options.thermosExecutorFlags}`.trim(),
      uris: [executorPath, ...options.thermosExecutorResources].map(executable),
    },
    overhead: {
      ...EMPTY_BAG,
      cpus: options.thermosExecutorCpus,
      ramMb: Math.floor(options.thermosExecutorRamBytes / 2 ** 20),
    },
    mounts: options.globalContainerMounts.map(mount),
  };
}

/**
 * The executors of this scheduler: its own and those of -custom_executor_config.
 * @throws AuroraError CONFIG naming the file, when it cannot be read or is invalid; USAGE when the flag's cpus are
 * fewer than Mesos can count
 */
export function executors(options: SchedulerOptions & { readonly thermosExecutorPath: string }): Executors {
  const own = thermosExecutor(options, options.thermosExecutorPath);
  const cpus = RULES.cpusOrNone(own.overhead.cpus);
  if (cpus) throw new AuroraError('USAGE', `flag -thermos_executor_cpu ${cpus}, or 0`);
  const path = options.customExecutorConfig;
  if (path === undefined) return new Map([[own.name, own]]);
  const { text, where } = namedFile(path, 'the custom executor file');
  return new Map([own, ...customExecutors(text, where)].map((one) => [one.name, one]));
}
