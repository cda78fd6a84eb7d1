import { tellStagedTasks } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_print_recovery_tasks', {
  summary: 'Print the active tasks of the staged backup',
  description: 'One line for each on stderr: role, job, instance, status and id, separated by tabs.',
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => tellStagedTasks(session, args.cluster),
});
