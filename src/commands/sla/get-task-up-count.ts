import * as Flags from '@oclif/core/flags';
import { parseSpans } from '../../client/spans.ts';
import { showUpCounts } from '../../client/uptime.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('sla get-task-up-count', {
  summary: 'Show how many instances of a job have been up for how long',
  examples: [
    'aurora sla get-task-up-count west/web/prod/api',
    'aurora sla get-task-up-count west/web/prod/api --durations 5m,1h,2d12h',
  ],
  args: { jobspec: jobKey() },
  flags: {
    durations: Flags.custom<readonly number[]>({
      default: [60, 600, 3_600, 43_200, 604_800],
      defaultHelp: async () => '1m,10m,1h,12h,7d',
      helpValue: 'TIME,TIME',
      description: 'how long, like 2d6h or 30s',
      parse: async (text) => parseSpans(text),
    })(),
    ...common,
  },
  run: (session, { args, flags }) => showUpCounts(session, args.jobspec, flags.durations),
});
