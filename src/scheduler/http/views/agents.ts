import { type AgentsReply, MOST_CELLS, type RackShown } from '../../../api/views/agents.ts';
import { turns, yieldTurn } from '../../../base/turns.ts';
import type { AgentLoad } from './agent-loads.ts';
import { agentRow, freeOf } from './host-rows.ts';
import { type Columns, listed, matcher } from './list-query.ts';
import type { View, ViewQuery, ViewWorld } from './view-settings.ts';

const columnsOf = (modeOf: (host: string) => string): Columns<AgentLoad> => ({
  host: ({ host }) => host,
  rack: ({ rack }) => rack,
  mode: ({ host }) => modeOf(host),
  tasks: ({ tasks }) => tasks,
  cpus: ({ used }) => used.cpus,
  ram: ({ used }) => used.ramMb,
});

/**
 * How full an agent is, in percent: the larger share of cores and memory in use; -1 when its free resources are
 * unknown.
 */
function percentUsed(world: ViewWorld, { agentId, used }: AgentLoad): number {
  const free = freeOf(world, agentId);
  if (!free) return -1;
  const share = (a: number, b: number) => (a + b > 0 ? a / (a + b) : 0);
  return Math.round(100 * Math.max(share(used.cpus, free.cpus), share(used.ramMb, free.ramMb)));
}

const byHost = (a: AgentLoad, b: AgentLoad): number => (a.host < b.host ? -1 : 1);

type Cell = NonNullable<RackShown['hosts']>[number];

type Rack = readonly [rack: string, members: readonly AgentLoad[]];

/** Loads by rack, for as long as they are the same. */
const grouped = new WeakMap<readonly AgentLoad[], readonly Rack[]>();

/** The racks by name, each with its agents by host. */
function inRacks(loads: readonly AgentLoad[]): readonly Rack[] {
  const known = grouped.get(loads);
  if (known) return known;
  const racks = new Map<string, AgentLoad[]>();
  for (const load of loads) {
    const members = racks.get(load.rack);
    if (members) members.push(load);
    else racks.set(load.rack, [load]);
  }
  for (const members of racks.values()) members.sort(byHost);
  const sorted = [...racks].sort(([a], [b]) => (a < b ? -1 : 1));
  grouped.set(loads, sorted);
  return sorted;
}

async function racksOf(
  world: ViewWorld,
  loads: readonly AgentLoad[],
  { cells, rack: wanted }: ViewQuery,
  modes: ReadonlyMap<string, string>,
): Promise<RackShown[]> {
  const cell = (load: AgentLoad): Cell => [
    load.host,
    load.tasks,
    modes.get(load.host) ?? 'NONE',
    percentUsed(world, load),
  ];
  const turn = turns(world.clock);
  const shown: RackShown[] = [];
  for (const [rack, members] of inRacks(loads)) {
    const isDrawn =
      cells === 'all' || loads.length <= MOST_CELLS || (rack === wanted && members.length <= MOST_CELLS);
    shown.push({
      rack,
      agents: members.length,
      tasks: members.reduce((sum, { tasks }) => sum + tasks, 0),
      out: modes.size === 0 ? 0 : members.filter(({ host }) => modes.has(host)).length,
      ...(isDrawn ? { hosts: members.map(cell) } : {}),
    });
    const pause = turn();
    if (pause) await pause;
  }
  return shown;
}

/**
 * All agents. `mode` and `rack` filter; `q` is a part of a host name. `cells=all` tells the hosts of every rack, however
 * many they are.
 */
export const agentsView: View = async (world, query): Promise<AgentsReply> => {
  const fits = matcher(query.q);
  const loads = await world.loads.all();
  const { mode = '', rack } = query;
  // Hosts in no mode are not among them.
  const modes: ReadonlyMap<string, string> = new Map(world.storage.read((stores) => [...stores.modes.all()]));
  const modeOf = (host: string) => modes.get(host) ?? 'NONE';
  const isPart = query.q !== undefined || mode !== '' || rack !== undefined;
  const shown = !isPart
    ? loads
    : loads.filter(
        (load) =>
          fits(load.host) &&
          (mode === '' || modeOf(load.host) === mode) &&
          (rack === undefined || load.rack === rack),
      );
  const part = listed(shown, columnsOf(modeOf), { sort: 'host', ...query });
  // Sorting thousands is a piece of work of its own.
  await yieldTurn();
  return {
    racks: await racksOf(world, loads, query, modes),
    ...part,
    rows: part.rows.map((load) => agentRow(world, load, modeOf(load.host))),
  };
};
