import { schedulerOf } from '../../client/scheduler-client.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('get_scheduler', {
  summary: 'Print the address of the scheduler that leads',
  examples: ['west'],
  args: { cluster: clusterName() },
  flags: {},
  async run(session, { args }) {
    const leader = await schedulerOf(session, args.cluster).leader();
    session.give?.({ leader });
    session.print(`Found leading scheduler at: ${leader}\n`);
    return 0;
  },
});
