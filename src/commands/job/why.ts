import { whyPending } from '../../client/why-pending.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, json } from '../flags.ts';

export default command('job why', {
  summary: 'Show why instances of a job are pending',
  description: 'Shows how many agents each rule excludes, and what the best of them lacks.',
  examples: ['aurora job why west/web/prod/api', 'aurora job why west/web/prod/api --json'],
  args: { jobspec: jobKey() },
  flags: { json, ...common },
  run: (session, { args, flags }) => whyPending(session, args.jobspec, { json: flags.json }),
});
