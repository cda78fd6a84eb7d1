import { activateHosts } from '../../client/host-maintenance.ts';
import { requiredHosts } from '../../client/host-names.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { hostFlags, hostNames } from '../host-flags.ts';

export default adminCommand('host_activate', {
  summary: 'Bring hosts back into service',
  examples: ['west --hosts h1,h2', 'west --filename hosts.txt'],
  args: { cluster: clusterName() },
  flags: hostFlags,
  async run(session, { args, flags }) {
    await activateHosts(session, args.cluster, requiredHosts(hostNames(flags)));
    return 0;
  },
});
