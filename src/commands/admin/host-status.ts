import { hostModes } from '../../client/host-maintenance.ts';
import { requiredHosts } from '../../client/host-names.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { hostFlags, hostNames } from '../host-flags.ts';

export default adminCommand('host_status', {
  summary: 'Show whether hosts are in maintenance',
  description:
    'Modes are NONE, SCHEDULED, DRAINING and DRAINED. Each host is a line on stderr, as scripts expect.',
  examples: ['west --hosts h1,h2', 'west --filename hosts.txt'],
  args: { cluster: clusterName() },
  flags: hostFlags,
  async run(session, { args, flags }) {
    const modes = await hostModes(session, args.cluster, requiredHosts(hostNames(flags)));
    session.give?.(modes);
    for (const { host, mode } of modes) session.log.info({}, `${host} is in state: ${mode}`);
    return 0;
  },
});
