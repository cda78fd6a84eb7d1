import { checkCluster } from '../../client/check-cluster.ts';
import { clusterName } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('cluster check', {
  summary: 'Look at everything between this machine and a scheduler',
  description:
    "Checks the cluster's entry, ZooKeeper and the leader, login, version, clock and latency. Each is a line, with advice. Exits with 7 when something is wrong.",
  examples: ['aurora cluster check west', 'aurora cluster check west --json'],
  args: { cluster: clusterName() },
  flags: common,
  run: (session, { args }) => checkCluster(session, args.cluster),
});
