/** A process of its own with a master and simulated agents: `agents.ts OPTIONS`, the options as JSON. Ends with its parent. */
import { startSimulatedCluster } from '../../test/simulated-cluster/index.ts';

/** What the parent asks for. */
export interface AgentsOptions {
  readonly agents: number;
  /** Mesos' --resources of each. */
  readonly resources: string;
  /** Agents are spread evenly over this many racks and over the zones `a` and `b`. */
  readonly racks: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as AgentsOptions;
const cluster = await startSimulatedCluster({
  agents: options.agents,
  resources: options.resources,
  attributes: (index) =>
    `host:agent-${index};rack:r${index % options.racks};zone:${index % 2 === 0 ? 'a' : 'b'}`,
});
process.once('disconnect', () => void cluster.stop().then(() => process.exit()));
process.send?.(cluster.master);
