import { callOnce } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('scheduler_commit_recovery', {
  summary: "Make the staged backup the scheduler's state",
  description:
    'What the scheduler knows now is lost. It ends itself; started again, it goes on with the restored state.',
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  run: (session, { args }) => callOnce(session, args.cluster, 'commitRecovery', {}),
});
