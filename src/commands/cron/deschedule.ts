import { descheduleCron } from '../../client/cron-jobs.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('cron deschedule', {
  summary: 'End the schedule of a cron job',
  description: 'What runs of it goes on; `aurora job killall` ends that.',
  examples: ['aurora cron deschedule local/hello/devel/nightly'],
  args: { jobspec: jobKey() },
  flags: common,
  run: (session, { args }) => descheduleCron(session, args.jobspec),
});
