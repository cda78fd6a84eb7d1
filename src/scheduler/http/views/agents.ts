import type { AgentRow, AgentsReply, RackShown } from '../../../api/views/agents.ts';
import { turns } from '../../../base/turns.ts';
import { agentRow, freeByAgent } from './host-rows.ts';
import { listed, matcher } from './list-query.ts';
import type { View } from './view-settings.ts';

const COLUMNS = {
  host: ({ host }: AgentRow) => host,
  rack: ({ rack }: AgentRow) => rack,
  mode: ({ mode }: AgentRow) => mode,
  tasks: ({ tasks }: AgentRow) => tasks,
  cpus: ({ used }: AgentRow) => used.cpus,
  ram: ({ used }: AgentRow) => used.ramMb,
};

/**
 * How full an agent is, in percent: the larger share of cores and memory in use; -1 when its free resources are
 * unknown.
 */
function percentUsed({ free, used }: AgentRow): number {
  if (!free) return -1;
  const share = (a: number, b: number) => (a + b > 0 ? a / (a + b) : 0);
  return Math.round(100 * Math.max(share(used.cpus, free.cpus), share(used.ramMb, free.ramMb)));
}

function racksOf(rows: readonly AgentRow[]): RackShown[] {
  const racks = new Map<string, RackShown['hosts'][number][]>();
  for (const row of rows) {
    const hosts = racks.get(row.rack ?? '') ?? [];
    racks.set(row.rack ?? '', hosts);
    hosts.push([row.host, row.tasks, row.mode, percentUsed(row)]);
  }
  return [...racks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rack, hosts]) => ({ rack, hosts: hosts.sort(([a], [b]) => (a < b ? -1 : 1)) }));
}

/** All agents. `mode` and `rack` filter; `q` is a part of a host name. */
export const agentsView: View = async (world, query): Promise<AgentsReply> => {
  const { clock, storage } = world;
  const fits = matcher(query.q);
  const free = freeByAgent(world);
  const turn = turns(clock);
  const rows: AgentRow[] = [];
  for (const agent of storage.read(({ hosts }) => [...hosts.all()])) {
    rows.push(storage.read((stores) => agentRow(stores, agent, free)));
    const pause = turn();
    if (pause) await pause;
  }
  const { mode = '', rack } = query;
  const shown = rows.filter(
    (row) =>
      fits(row.host) &&
      (mode === '' || row.mode === mode) &&
      (rack === undefined || (row.rack ?? '') === rack),
  );
  return { racks: racksOf(rows), ...listed(shown, COLUMNS, { sort: 'host', ...query }) };
};
