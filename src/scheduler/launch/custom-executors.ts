import { RULES } from '../../api/rules/values.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { CommandInfo, Resource, Volume } from '../../mesos/index.ts';
import { resourcePool } from '../offers/resource-pool.ts';
import type { ExecutorSettings } from './executor-settings.ts';

interface Entry {
  readonly executor?: {
    readonly name?: unknown;
    readonly command?: CommandInfo;
    readonly resources?: readonly Resource[];
  };
  readonly task_prefix?: unknown;
  readonly volume_mounts?: readonly Volume[];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * Parses the text of -custom_executor_config: a list of `{executor: {name, command, resources}, task_prefix,
 * volume_mounts}`, where `executor` and the mounts are in Mesos' JSON. `where` names the file in errors.
 * @throws AuroraError CONFIG
 */
export function customExecutors(text: string, where: string): ExecutorSettings[] {
  const refuse = (what: string, cause?: unknown): AuroraError =>
    new AuroraError('CONFIG', `custom executors: ${what}`, { where, cause });
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw refuse(messageOf(error), error);
  }
  if (!Array.isArray(list)) throw refuse('the file must hold a list');
  return list.map((entry: Entry, at): ExecutorSettings => {
    const { executor, task_prefix: prefix } = isObject(entry) ? entry : {};
    if (!isObject(executor)) throw refuse(`entry ${at} has no executor`);
    if (typeof executor.name !== 'string' || executor.name === '') throw refuse(`executor ${at} has no name`);
    if (!isObject(executor.command)) throw refuse(`executor ${executor.name} has no command`);
    if (typeof prefix !== 'string') throw refuse(`executor ${executor.name} has no task_prefix`);
    const resources = executor.resources ?? [];
    for (const { name, scalar } of resources) {
      const problem = name === 'cpus' ? RULES.cpusOrNone(scalar?.value ?? 0) : undefined;
      if (problem) throw refuse(`cpus of executor ${executor.name} ${problem}, or 0`);
    }
    return {
      name: executor.name,
      idPrefix: prefix,
      command: executor.command,
      overhead: resourcePool(resources, { cpus: false, ramMb: false }).available(false),
      mounts: entry.volume_mounts ?? [],
    };
  });
}
