import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_unload_recovery', {
  summary: 'Forget the staged backup',
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => callOnce(session, args.cluster, 'unloadRecovery', {}),
});
