import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_snapshot', {
  summary: "Write a snapshot of the scheduler's state to its log",
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => callOnce(session, args.cluster, 'snapshot', {}),
});
