import { loadClusters } from './clusters.ts';
import type { Session } from './session.ts';
import { tableText } from './table-text.ts';

/** Prints the clusters that this machine knows, and how the scheduler of each is found. */
export function listClusters(session: Session, { json }: { readonly json: boolean }): void {
  const rows = [...loadClusters(session).byName.values()].map((cluster) => ({
    name: cluster.name,
    scheduler: cluster.zk
      ? `zk://${cluster.zk}:${cluster.zkPort}${cluster.schedulerZkPath ?? ''}`
      : cluster.schedulerUri,
  }));
  const columns = [
    ['name', 'CLUSTER'],
    ['scheduler', 'SCHEDULER'],
  ] as const;
  session.print(json ? `${JSON.stringify(rows, null, 2)}\n` : tableText(columns, rows));
}
