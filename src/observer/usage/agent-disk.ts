/** Asks the agent how much disk a task uses. Source: the original's Mesos disk collector. */
import type { ObserverFlags } from '../flags.ts';

const LIMIT_MS = 5_000;

/** The value at a dotted path; of JMESPath, only this is supported. */
const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (found, name) =>
        typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined,
      value,
    );

/** Gives bytes; undefined when the agent cannot be asked or not exactly one container's executor is in the path. */
export function agentDisk({ url, executorPath, diskPath }: NonNullable<ObserverFlags['agent']>) {
  return async (sandbox: string): Promise<number | undefined> => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
      const containers: unknown = await answer.json();
      if (!Array.isArray(containers)) return undefined;
      const parts = sandbox.split('/');
      const ours = containers.filter((one) => {
        const id = at(one, executorPath);
        return typeof id === 'string' && id !== '' && parts.includes(id);
      });
      const bytes = ours.length === 1 ? at(ours[0], diskPath) : undefined;
      return typeof bytes === 'number' ? bytes : undefined;
    } catch {
      return undefined;
    }
  };
}
