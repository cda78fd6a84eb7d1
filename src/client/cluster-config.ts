import { clusterNamed, loadClusters } from './clusters.ts';
import type { Session } from './session.ts';

/** Prints the entry of a cluster as JSON or as shell variables. Throws UNKNOWN_CLUSTER. */
export function printClusterConfig(
  session: Session,
  name: string,
  { shell, exported }: { readonly shell: boolean; readonly exported: boolean },
): void {
  const cluster = clusterNamed(loadClusters(session), name);
  const entry = cluster.entry ?? { name: cluster.name, scheduler_uri: cluster.schedulerUri };
  session.give?.(entry);
  if (!shell) {
    session.print(JSON.stringify(entry));
    return;
  }
  const lines = variablesOf('AURORA_CLUSTER', entry).map((line) => `${exported ? 'export ' : ''}${line}\n`);
  session.print(lines.join(''));
}

/**
 * Flattens a value into shell variables; maps and lists become one variable for each value they hold. Source: the
 * original's shell dump.
 */
function variablesOf(name: string, value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => variablesOf(`${name}_${key.toUpperCase()}`, item));
  if (typeof value === 'boolean') return [`${name}=${Number(value)}`];
  return [`${name}=${typeof value === 'number' ? value : quoted(String(value ?? ''))}`];
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
