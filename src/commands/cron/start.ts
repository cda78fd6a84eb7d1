import { startCron } from '../../client/cron-jobs.ts';
import { jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, configForHooks, openBrowser } from '../flags.ts';

export default command('cron start', {
  summary: 'Run a cron job now, in addition to its schedule',
  examples: [
    'aurora cron start local/hello/devel/nightly',
    'aurora cron start west/web/prod/report --open-browser',
  ],
  args: { jobspec: jobKey() },
  flags: { config: configForHooks, ...config, 'open-browser': openBrowser, ...common },
  run: (session, { args, flags }) =>
    startCron(session, args.jobspec, {
      configFile: flags.config,
      config: configFlags(flags),
      openBrowser: flags['open-browser'],
    }),
});
