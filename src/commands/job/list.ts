import { listJobs } from '../../client/find-jobs.ts';
import { wildcardKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('job list', {
  summary: 'List jobs',
  examples: ['aurora job list local', "aurora job list 'west/web/prod/*'", "aurora job list '*/web'"],
  args: { jobspec: wildcardKey() },
  flags: common,
  run: (session, { args }) => listJobs(session, args.jobspec),
});
