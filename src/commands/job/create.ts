import { createJob } from '../../client/create-job.ts';
import { configFile, jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, openBrowser, waitUntil } from '../flags.ts';

export default command('job create', {
  summary: 'Submit a job of a file',
  description: 'Fails when the job exists already. Cron jobs are submitted with `aurora cron schedule`.',
  examples: [
    'aurora job create local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora job create west/web/prod/api api.aurora.ts --bind version=7 --wait-until RUNNING',
  ],
  args: { jobspec: jobKey(), config_file: configFile() },
  flags: {
    ...config,
    'wait-until': waitUntil,
    'open-browser': openBrowser,
    ...common,
  },
  run: (session, { args, flags }) =>
    createJob(session, {
      job: args.jobspec,
      file: args.config_file,
      config: configFlags(flags),
      waitUntil: flags['wait-until'],
      openBrowser: flags['open-browser'],
    }),
});
