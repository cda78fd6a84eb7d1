/** What a recording says, in the terms of another run. */
import type { Scenario, Step } from '../../mesos/transcript.ts';

export type Json = Record<string, unknown>;

/** A scenario with the flags its agents were started with. */
export type Recording = Scenario & { readonly mesos?: { readonly agentFlags?: readonly string[] } };

export const jsonOf = (step: Step | undefined): Json => (step?.json ?? {}) as Json;

/** Makes two recordings of the same thing equal: ids, pids, ports and times of one run mean nothing in another. */
export function comparable(value: unknown, madeByAgent = false): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item, madeByAgent));
  if (value === null || typeof value !== 'object') return value;
  const source = value as Json;
  const own = madeByAgent || (source.source !== undefined && source.executor_id !== undefined);
  return Object.fromEntries(
    Object.entries(source)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, item]): [string, unknown][] => {
        if (name === 'container_id') return [[name, 'container']];
        if (name === 'port') return [[name, 0]];
        if (name === 'executor_pid') return [];
        if (name === 'timestamp' && (item as number) > 1e9) return [];
        if (name === 'uuid' && own) return [];
        if (name === 'message' && typeof item === 'string')
          return [[name, item.replace(/container '[^']*'/, 'container')]];
        // A process below a shell that was killed: some shells replace themselves by their last command.
        if (name === 'status' && item === 35072) return [[name, 9]];
        return [[name, comparable(item, own)]];
      }),
  );
}

export const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));

/** Header names and values; of those that differ from run to run only the names. */
export const comparableHeaders = (headers: readonly (readonly [string, string])[] = []): string[] =>
  headers.map(([name, value]) => (/^(date|content-length)$/i.test(name) ? name : `${name}: ${value}`));

/** The first value of that member anywhere in the scenario's JSON. */
export function findMember(scenario: Recording, name: string): unknown {
  const look = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return undefined;
    if (name in value) return (value as Json)[name];
    for (const item of Object.values(value)) {
      const found = look(item);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(scenario.steps.map(({ json }) => json));
}
