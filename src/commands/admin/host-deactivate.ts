import { deactivateHosts } from '../../client/host-maintenance.ts';
import { requiredHosts } from '../../client/host-names.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { hostFlags, hostNames } from '../host-flags.ts';

export default adminCommand('host_deactivate', {
  summary: 'Mark hosts for maintenance, so that scheduling avoids them where it can',
  description: 'Their tasks go on running. Mark all hosts that will be drained before draining the first.',
  examples: ['west --hosts h1,h2', 'west --filename hosts.txt'],
  args: { cluster: clusterName() },
  flags: hostFlags,
  async run(session, { args, flags }) {
    await deactivateHosts(session, args.cluster, requiredHosts(hostNames(flags)));
    return 0;
  },
});
