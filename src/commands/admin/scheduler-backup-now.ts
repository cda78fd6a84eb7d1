import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_backup_now', {
  summary: "Write a backup of the scheduler's state",
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => callOnce(session, args.cluster, 'performBackup', {}),
});
