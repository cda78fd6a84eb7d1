import { showUpdate } from '../../client/update-info.ts';
import { jobKey, updateId } from '../arguments.ts';
import { command } from '../command.ts';
import { common, writeJson } from '../flags.ts';

export default command('update info', {
  summary: 'Show an update and what happened in it',
  description: 'Times are UTC.',
  examples: [
    'aurora update info local/hello/devel/hello_world',
    'aurora update info west/web/prod/api 7c5d2a10-93c1-4c42-b4cf-1f6d5a1f9c11 --write-json',
  ],
  args: { jobspec: jobKey(), id: updateId() },
  flags: { 'write-json': writeJson, ...common },
  run: (session, { args, flags }) =>
    showUpdate(session, args.jobspec, args.id, { json: flags['write-json'] }),
});
