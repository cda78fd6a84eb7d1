import { encodePlain, type TaskConfig } from '../../../api/index.ts';
import type { ConfigShown } from '../../../api/views/configs.ts';
import { rangesOf } from '../../updater/instances.ts';

type Plain = Readonly<Record<string, unknown>>;

const known = new WeakMap<TaskConfig, Plain>();

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}

/** Fields that are sets: their elements are sorted, so that equal sets look equal. */
const SETS = ['constraints', 'metadata', 'resources', 'mesosFetcherUris', 'requestedPorts'] as const;

/**
 * A configuration as JSON for people, with the executor's data parsed. Stored configurations are shared, so each is
 * made once.
 */
export function plainConfig(config: TaskConfig): Plain {
  const made = known.get(config);
  if (made) return made;
  const plain = JSON.parse(encodePlain('TaskConfig', config)) as Record<string, unknown>;
  for (const name of SETS) {
    const set = plain[name];
    if (Array.isArray(set))
      plain[name] = set
        .map((one) => [JSON.stringify(one), one] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, one]) => one);
  }
  const executor = plain.executorConfig as { data?: unknown } | undefined;
  if (executor) plain.executorConfig = { ...executor, data: parsed(executor.data) };
  known.set(config, plain);
  return plain;
}

/** Instance ids as text, such as `0-4, 7`. */
export const rangesText = (ids: Iterable<number>): string =>
  rangesOf(ids)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(', ');

export function configShown(config: TaskConfig, ids: readonly number[]): ConfigShown {
  return { instances: rangesText(ids), count: ids.length, config: plainConfig(config) };
}
