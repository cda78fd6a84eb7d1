import { summariseJobs } from '../../client/summaries.ts';
import { updateFilter } from '../arguments.ts';
import { command } from '../command.ts';
import { common, json } from '../flags.ts';

export default command('job summary', {
  summary: 'Show the jobs of a role, one a line, with the number of tasks in each state',
  examples: ['aurora job summary west/web', 'aurora job summary west --json'],
  args: { role: updateFilter({ description: 'whose jobs: CLUSTER[/ROLE]' }) },
  flags: { json, ...common },
  run: (session, { args, flags }) => summariseJobs(session, args.role, { json: flags.json }),
});
