import * as Flags from '@oclif/core/flags';
import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

const TYPES = ['implicit', 'explicit'] as const;

export default adminCommand('reconcile_tasks', {
  summary: 'Ask Mesos now for the states of tasks',
  description: 'explicit: tasks that the scheduler knows. implicit: tasks that Mesos knows.',
  examples: ['west', 'west --type implicit', 'west --batch_size 500'],
  args: { cluster: clusterName() },
  flags: {
    type: Flags.option({
      char: 't',
      options: TYPES,
      default: 'explicit' as const,
      description: 'which tasks',
    })(),
    batch_size: Flags.integer({
      char: 'b',
      min: 1,
      description: 'with explicit: the number of tasks in one request',
    }),
  },
  run: (session, { args, flags }) =>
    flags.type === 'implicit'
      ? callOnce(session, args.cluster, 'triggerImplicitTaskReconciliation', {})
      : callOnce(session, args.cluster, 'triggerExplicitTaskReconciliation', {
          settings: { batchSize: flags.batch_size },
        }),
});
