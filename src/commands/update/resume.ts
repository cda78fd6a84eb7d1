import { changeUpdate } from '../../client/change-update.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, message } from '../flags.ts';

export default command('update resume', {
  summary: 'Resume the paused update of a job',
  description: 'Also continues after the pause at the end of a batch.',
  examples: [
    'aurora update resume local/hello/devel/hello_world',
    'aurora update resume west/web/prod/api -m "canary is fine"',
  ],
  args: { jobspec: jobKey() },
  flags: { message, ...common },
  run: (session, { args, flags }) =>
    changeUpdate(session, 'resume', args.jobspec, { message: flags.message }),
});
