import { descheduleCron } from '../../client/cron-jobs.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('cron deschedule', {
  summary: 'Remove the schedule of a cron job',
  description: 'Tasks that run go on; `aurora job killall` ends them.',
  examples: ['aurora cron deschedule local/hello/devel/nightly'],
  args: { jobspec: jobKey() },
  flags: common,
  run: (session, { args }) => descheduleCron(session, args.jobspec),
});
