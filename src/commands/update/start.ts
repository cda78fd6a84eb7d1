import * as Flags from '@oclif/core/flags';
import { startUpdate } from '../../client/start-update.ts';
import { configFile, instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import {
  common,
  config,
  configFlags,
  deadHealthInterval,
  deadStrict,
  message,
  openBrowser,
} from '../flags.ts';

export default command('update start', {
  summary: 'Start an update of a job',
  description:
    'Prints which instances it will touch, and begins. The scheduler does the work: the command can end before the update does. Exits with 0 as well when nothing is to be done.',
  examples: [
    'aurora update start local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora update start west/web/prod/api/0-4 api.aurora.ts --bind version=8 -m "release 8" --wait',
  ],
  args: { instance_spec: instanceKey(), config_file: configFile() },
  flags: {
    ...config,
    message,
    wait: Flags.boolean({
      description: 'wait for the end: 0 when it went forward, 4 when it was rolled back, else 20',
    }),
    'open-browser': openBrowser,
    strict: deadStrict,
    'healthcheck-interval-seconds': deadHealthInterval,
    ...common,
  },
  run: (session, { args, flags }) =>
    startUpdate(session, args.instance_spec, {
      file: args.config_file,
      config: configFlags(flags),
      message: flags.message,
      wait: flags.wait,
      openBrowser: flags['open-browser'],
    }),
});
