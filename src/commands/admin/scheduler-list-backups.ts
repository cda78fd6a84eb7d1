import { listBackups } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_list_backups', {
  summary: "List the backups in the scheduler's directory",
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => listBackups(session, args.cluster),
});
