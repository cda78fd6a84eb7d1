import { tellStagedTasks } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_print_recovery_tasks', {
  summary: 'Tell the active tasks of the staged backup',
  description: 'A line each on stderr: role, job, instance, status and id, with tabs between them.',
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => tellStagedTasks(session, args.cluster),
});
