/** A master with simulated agents in a process of its own, which a scheduler's death does not touch. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSimulatedCluster } from '../simulated-cluster/index.ts';

const AGENTS = 20;

export interface SimulatedMesos {
  /** `host:port` of the master. */
  readonly master: string;
  stop(): Promise<void>;
}

export async function startSimulatedMesos(): Promise<SimulatedMesos> {
  const child = fork(fileURLToPath(import.meta.url), ['serve']);
  const [master] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (typeof master !== 'string') throw new Error('the simulated Mesos did not start');
  return {
    master,
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

if (process.argv[2] === 'serve' && process.send) {
  const cluster = await startSimulatedCluster({
    agents: AGENTS,
    attributes: (index) => `host:agent-${index}`,
  });
  process.once('disconnect', () => void cluster.stop().then(() => process.exit()));
  process.send(cluster.master);
}
