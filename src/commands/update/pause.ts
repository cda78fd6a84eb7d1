import { changeUpdate } from '../../client/change-update.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, message } from '../flags.ts';

export default command('update pause', {
  summary: 'Pause the active update of a job',
  description: 'Instances that have been started are finished; no others begin.',
  examples: [
    'aurora update pause local/hello/devel/hello_world',
    'aurora update pause west/web/prod/api -m "traffic is down"',
  ],
  args: { jobspec: jobKey() },
  flags: { message, ...common },
  run: (session, { args, flags }) => changeUpdate(session, 'pause', args.jobspec, { message: flags.message }),
});
