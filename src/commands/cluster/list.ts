import { listClusters } from '../../client/list-clusters.ts';
import { command } from '../command.ts';
import { common, json } from '../flags.ts';

export default command('cluster list', {
  summary: 'List the clusters that this machine knows',
  description: 'From /etc/aurora/clusters.json (or $AURORA_CONFIG_ROOT) and ~/.aurora/clusters.json.',
  examples: ['aurora cluster list', 'aurora cluster list --json'],
  args: {},
  flags: { json, ...common },
  run: async (session, { flags }) => listClusters(session, { json: flags.json }),
});
