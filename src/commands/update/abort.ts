import { changeUpdate } from '../../client/change-update.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, message } from '../flags.ts';

export default command('update abort', {
  summary: 'Abort the active update of a job',
  description: 'Instances stay as they are: some new, some old. To bring back the old ones, use rollback.',
  examples: [
    'aurora update abort local/hello/devel/hello_world',
    'aurora update abort west/web/prod/api -m "wrong build"',
  ],
  args: { jobspec: jobKey() },
  flags: { message, ...common },
  run: (session, { args, flags }) => changeUpdate(session, 'abort', args.jobspec, { message: flags.message }),
});
