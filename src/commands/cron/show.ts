import { showCron } from '../../client/cron-jobs.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('cron show', {
  summary: 'Show the schedule of a cron job',
  examples: ['aurora cron show local/hello/devel/nightly'],
  args: { jobspec: jobKey() },
  flags: common,
  run: (session, { args }) => showCron(session, args.jobspec),
});
