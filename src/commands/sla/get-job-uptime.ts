import * as Flags from '@oclif/core/flags';
import { parsePercentiles } from '../../client/spans.ts';
import { showUptimes } from '../../client/uptime.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common } from '../flags.ts';

export default command('sla get-job-uptime', {
  summary: 'Show how long which share of the instances of a job has been up',
  examples: [
    'aurora sla get-job-uptime west/web/prod/api',
    'aurora sla get-job-uptime west/web/prod/api --percentiles 99.9,50',
  ],
  args: { jobspec: jobKey() },
  flags: {
    percentiles: Flags.custom<readonly number[]>({
      default: [99, 95, 90, 85, 75, 60, 50, 30, 10],
      defaultHelp: async () => '99,95,90,85,75,60,50,30,10',
      helpValue: 'NUMBER,NUMBER',
      description: 'shares in percent, between 0 and 100',
      parse: async (text) => parsePercentiles(text),
    })(),
    ...common,
  },
  run: (session, { args, flags }) => showUptimes(session, args.jobspec, flags.percentiles),
});
