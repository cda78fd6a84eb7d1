import * as Flags from '@oclif/core/flags';
import { pruneTasks } from '../../client/prune-tasks.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { yes } from '../flags.ts';

export default adminCommand('prune_tasks', {
  summary: 'Remove ended tasks from the scheduler',
  description: 'Without filters, all ended tasks. The scheduler removes old ones by itself.',
  examples: ['west --role web --states LOST,KILLED', 'west --limit 1000'],
  args: { cluster: clusterName() },
  flags: {
    states: Flags.string({ helpValue: 'STATE,STATE', description: 'only tasks that ended in these states' }),
    role: Flags.string({ description: 'only tasks of this role' }),
    env: Flags.string({ description: 'only tasks of this environment' }),
    yes,
    limit: Flags.integer({ description: 'the largest number of tasks to remove' }),
  },
  async run(session, { args, flags }) {
    const { states, role, env, limit, yes: asksNothing } = flags;
    await pruneTasks(session, {
      cluster: args.cluster,
      states,
      role,
      environment: env,
      limit,
      yes: asksNothing,
    });
    return 0;
  },
});
