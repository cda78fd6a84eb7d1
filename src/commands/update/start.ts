import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../../base/errors.ts';
import { planUpdate } from '../../client/plan-update.ts';
import { startPlanned, startUpdate } from '../../client/start-update.ts';
import { configFile, instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, deadHealthInterval, deadStrict, exitCode, message, openBrowser } from '../flags.ts';

export default command('update start', {
  summary: 'Start an update of a job',
  description:
    'Prints which instances it will touch, and begins. The scheduler does the work, so the command can end before the update does. Also exits with 0 when there is nothing to do. With --plan, the job and its file are those of the plan.',
  examples: [
    'aurora update start local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora update start west/web/prod/api/0-4 api.aurora.ts --bind version=8 -m "release 8" --wait',
    'aurora update start --plan api.plan --wait',
  ],
  args: {
    instance_spec: instanceKey({ required: false }),
    config_file: configFile({ required: false }),
  },
  flags: {
    ...config,
    plan: Flags.string({
      helpValue: 'FILE',
      description: "start exactly this plan of 'update plan --out', or refuse with what has changed",
    }),
    'dry-run': Flags.boolean({
      description: "start nothing: the same as 'update plan'",
      exclusive: ['plan'],
    }),
    'exit-code': { ...exitCode, dependsOn: ['dry-run'] },
    message,
    wait: Flags.boolean({
      description: 'wait for the end: 0 when it went forward, 4 when it was rolled back, else 20',
    }),
    'open-browser': openBrowser,
    strict: deadStrict,
    'healthcheck-interval-seconds': deadHealthInterval,
    ...common,
  },
  async run(session, { args: { instance_spec: meant, config_file: file }, flags }) {
    const options = {
      config: configFlags(flags),
      message: flags.message,
      wait: flags.wait,
      openBrowser: flags['open-browser'],
    };
    if (flags.plan !== undefined) return startPlanned(session, flags.plan, { ...options, meant, file });
    if (!meant || file === undefined)
      throw new AuroraError('USAGE', 'a job and its file are missing', { next: 'give them, or --plan FILE' });
    if (flags['dry-run']) {
      return planUpdate(session, meant, {
        file,
        config: options.config,
        json: false,
        exitCode: flags['exit-code'],
      });
    }
    return startUpdate(session, meant, { ...options, file });
  },
});
