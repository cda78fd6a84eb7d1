import { scheduleCron } from '../../client/cron-jobs.ts';
import { configFile, jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common } from '../flags.ts';

export default command('cron schedule', {
  summary: 'Schedule a cron job of a file, or replace it',
  description: 'Tasks that already run go on unchanged.',
  examples: [
    'aurora cron schedule local/hello/devel/nightly nightly.aurora.ts',
    'aurora cron schedule west/web/prod/report report.aurora.ts --bind version=7',
  ],
  args: { jobspec: jobKey(), config_file: configFile() },
  flags: { ...config, ...common },
  run: (session, { args, flags }) =>
    scheduleCron(session, args.jobspec, args.config_file, configFlags(flags)),
});
