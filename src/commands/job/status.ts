import { showStatus } from '../../client/job-status.ts';
import { wildcardKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, writeJson } from '../flags.ts';

export default command('job status', {
  summary: 'Show the tasks of jobs',
  description: 'Times are those of the local time zone.',
  examples: [
    'aurora job status local/hello/devel/hello_world',
    "aurora job status 'west/web/*/api' --write-json",
  ],
  args: { jobspec: wildcardKey() },
  flags: { 'write-json': writeJson, ...common },
  run: (session, { args, flags }) => showStatus(session, args.jobspec, { json: flags['write-json'] }),
});
