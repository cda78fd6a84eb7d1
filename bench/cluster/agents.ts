/**
 * A process with a Mesos master and simulated agents: `agents.ts OPTIONS`, with the options as JSON. Ends with its
 * parent.
 */
import { startSimulatedCluster } from '../../test/simulated-cluster/index.ts';

/** The options that the parent passes. */
export interface AgentsOptions {
  readonly agents: number;
  /** The value of Mesos' --resources for each agent. */
  readonly resources: string;
  /** Agents are spread evenly over this many racks, and over the zones `a` and `b`. */
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
