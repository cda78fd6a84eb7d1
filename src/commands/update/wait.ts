import { waitUpdate } from '../../client/wait-update.ts';
import { jobKey, updateId } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('update wait', {
  summary: 'Wait for the end of an update',
  description:
    'Prints a line for each state. Exits with 0 when the update went forward, 4 when it was rolled back, 20 for any other end.',
  examples: [
    'aurora update wait local/hello/devel/hello_world',
    'aurora update wait west/web/prod/api 7c5d2a10-93c1-4c42-b4cf-1f6d5a1f9c11',
  ],
  args: { jobspec: jobKey(), id: updateId() },
  flags: common,
  run: (session, { args }) => waitUpdate(session, args.jobspec, args.id),
});
