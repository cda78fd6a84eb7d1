import * as Flags from '@oclif/core/flags';
import { inspectJob } from '../../client/inspect-job.ts';
import { configFile, jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, config, configFlags, writeJson } from '../flags.ts';

export default command('job inspect', {
  summary: 'Show a job of a file as the scheduler would get it',
  examples: [
    'aurora job inspect local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora job inspect west/web/prod/api api.aurora.ts --bind version=7 --write-json',
  ],
  args: { jobspec: jobKey(), config_file: configFile() },
  flags: {
    ...config,
    'write-json': writeJson,
    raw: Flags.boolean({ description: 'print what the scheduler would get' }),
    ...common,
  },
  run: (session, { args, flags }) =>
    inspectJob(session, args.jobspec, args.config_file, {
      form: flags.raw ? 'raw' : flags['write-json'] ? 'json' : 'text',
      config: configFlags(flags),
    }),
});
