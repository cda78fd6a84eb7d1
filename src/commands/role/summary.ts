import { summariseRoles } from '../../client/summaries.ts';
import { clusterName } from '../arguments.ts';
import { command } from '../command.ts';
import { common, json } from '../flags.ts';

export default command('role summary', {
  summary: 'Show the roles of a cluster, a line each: how many jobs they have',
  examples: ['aurora role summary west', 'aurora role summary west --json'],
  args: { cluster: clusterName() },
  flags: { json, ...common },
  run: (session, { args, flags }) => summariseRoles(session, args.cluster, { json: flags.json }),
});
