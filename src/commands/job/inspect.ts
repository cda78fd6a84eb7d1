import * as Flags from '@oclif/core/flags';
import { inspectJob } from '../../client/inspect-job.ts';
import { configFile, jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, writeJson } from '../flags.ts';

export default command('job inspect', {
  summary: 'Show a job of a file as the scheduler would get it',
  examples: [
    'aurora job inspect local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora job inspect west/web/prod/api api.aurora.ts --bind version=7 --write-json',
    'aurora job inspect west/web/prod/api api.aurora.ts --offline',
  ],
  args: { jobspec: jobKey(), config_file: configFile() },
  flags: {
    ...config,
    'write-json': writeJson,
    raw: Flags.boolean({ description: 'print what the scheduler would get' }),
    offline: Flags.boolean({
      description:
        'ask neither scheduler nor registry, and print everything that is derived from the job as JSON',
    }),
    ...common,
  },
  run: (session, { args, flags }) =>
    inspectJob(session, args.jobspec, args.config_file, {
      form: flags.raw ? 'raw' : flags['write-json'] ? 'json' : flags.offline ? 'converted' : 'text',
      offline: flags.offline,
      config: configFlags(flags),
    }),
});
