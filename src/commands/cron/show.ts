import { showCron } from '../../client/cron-jobs.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, json } from '../flags.ts';

export default command('cron show', {
  summary: 'Show the schedule of a cron job, and its next and last runs',
  examples: [
    'aurora cron show local/hello/devel/nightly',
    'aurora cron show local/hello/devel/nightly --json',
  ],
  args: { jobspec: jobKey() },
  flags: { json, ...common },
  run: (session, { args, flags }) => showCron(session, args.jobspec, flags),
});
