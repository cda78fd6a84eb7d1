import { commitRecovery } from '../../client/recover-backup.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';
import { yes } from '../flags.ts';

export default adminCommand('scheduler_commit_recovery', {
  summary: "Make the staged backup the scheduler's state",
  description:
    "The scheduler's current state is lost. The scheduler ends itself; when it is started again, it goes on with the restored state.",
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: { yes },
  run: (session, { args, flags }) => commitRecovery(session, args.cluster, flags.yes),
});
