import * as Args from '@oclif/core/args';
import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_delete_recovery_tasks', {
  summary: 'Remove tasks from the staged backup',
  examples: ['west TASK_ID,TASK_ID'],
  args: {
    cluster: clusterName(),
    task_ids: Args.string({ required: true, ignoreStdin: true, description: 'ids, separated by commas' }),
  },
  flags: {},
  run: (session, { args }) =>
    callOnce(session, args.cluster, 'deleteRecoveryTasks', { query: { taskIds: args.task_ids.split(',') } }),
});
