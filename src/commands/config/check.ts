import * as Flags from '@oclif/core/flags';
import { checkConfig } from '../../client/check-config.ts';
import { configFile } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common } from '../flags.ts';

export default command('config check', {
  summary: 'Report everything that is wrong with a file',
  description: 'Asks no scheduler. Exits with 3 when there are mistakes; warnings alone are no failure.',
  examples: [
    'aurora config check hello_world.aurora.ts',
    'aurora config check api.aurora.ts --bind version=7 --typecheck --json',
  ],
  args: { config_file: configFile() },
  flags: {
    ...config,
    json: Flags.boolean({ description: 'print jobs, mistakes and warnings as JSON' }),
    ...common,
  },
  run: (session, { args, flags }) =>
    checkConfig(session, args.config_file, { json: flags.json, config: configFlags(flags) }),
});
