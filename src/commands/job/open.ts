import { openJob } from '../../client/open-job.ts';
import { updateFilter } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('job open', {
  summary: 'Show a page of the scheduler in the browser',
  examples: ['aurora job open local/hello/devel/hello_world', 'aurora job open west/web'],
  args: { key: updateFilter({ description: 'whose page: CLUSTER[/ROLE[/ENV[/NAME]]]' }) },
  flags: common,
  run: (session, { args }) => openJob(session, args.key),
});
