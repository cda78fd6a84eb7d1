import * as Flags from '@oclif/core/flags';
import { changeUpdate } from '../../client/change-update.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, message } from '../flags.ts';

export default command('update rollback', {
  summary: 'Roll back the active update of a job',
  description: 'Updated instances get their old configuration again, the last one first.',
  examples: [
    'aurora update rollback local/hello/devel/hello_world',
    'aurora update rollback west/web/prod/api -m "error rate" --wait',
  ],
  args: { jobspec: jobKey() },
  flags: {
    message,
    wait: Flags.boolean({
      description: 'wait for the end: 0 when it was rolled back, 4 when it went forward, else 20',
    }),
    ...common,
  },
  run: (session, { args, flags }) =>
    changeUpdate(session, 'rollback', args.jobspec, { message: flags.message, wait: flags.wait }),
});
