import * as Args from '@oclif/core/args';
import { parseStates } from '../../client/admin-states.ts';
import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('force_task_state', {
  summary: 'Set the state of a task, whatever Mesos says',
  description: 'For a task whose recorded state is stuck. Whatever really runs is not touched.',
  examples: ['west web-prod-api-0-6f1c LOST'],
  args: {
    cluster: clusterName(),
    task_id: Args.string({ required: true, ignoreStdin: true, description: 'the task' }),
    state: Args.string({ required: true, ignoreStdin: true, description: 'the state, for example LOST' }),
  },
  flags: {},
  async run(session, { args }) {
    const [status = 'LOST'] = parseStates(args.state);
    return callOnce(session, args.cluster, 'forceTaskState', { taskId: args.task_id, status });
  },
});
