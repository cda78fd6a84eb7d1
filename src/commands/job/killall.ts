import { killAll } from '../../client/kill-job.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { yes } from '../flags.ts';
import { killFlags, killOptions } from '../kill-options.ts';

export default command('job killall', {
  summary: 'Kill all instances of a job',
  description: 'Waits until the instances have ended. The job is gone with its last instance.',
  examples: [
    'aurora job killall local/hello/devel/hello_world',
    'aurora job killall west/web/devel/api --batch-size 10',
  ],
  args: { jobspec: jobKey() },
  flags: { yes, ...killFlags },
  run: (session, { args, flags }) =>
    killAll(session, args.jobspec, { ...killOptions(flags), yes: flags.yes }),
});
