import { listConfig } from '../../client/list-config.ts';
import { configFile } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common } from '../flags.ts';

export default command('config list', {
  summary: 'List the jobs of a file',
  description: 'Does not check the jobs: unbound variables stay as they are.',
  examples: ['aurora config list hello_world.aurora.ts', 'aurora config list jobs.json --read-json'],
  args: { config_file: configFile() },
  flags: { ...config, ...common },
  run: (session, { args, flags }) => listConfig(session, args.config_file, configFlags(flags)),
});
