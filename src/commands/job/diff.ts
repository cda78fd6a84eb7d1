import * as Flags from '@oclif/core/flags';
import { diffJob } from '../../client/diff-job.ts';
import { parseJobKey } from '../../client/job-key.ts';
import { configFile, instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, exitCode } from '../flags.ts';

export default command('job diff', {
  summary: 'Compare a job of a file with what runs',
  description:
    'Shows which instances an update would touch, and each field that it would change. DIFF_VIEWER names a program that compares two files, to use instead.',
  examples: [
    'aurora job diff local/hello/devel/hello_world hello_world.aurora.ts',
    'DIFF_VIEWER="diff -u" aurora job diff west/web/prod/api/0-4 api.aurora.ts --bind version=8',
    'aurora job diff west/web/test/api api.aurora.ts --from west/web/prod/api',
  ],
  args: { instance_spec: instanceKey(), config_file: configFile() },
  flags: {
    ...config,
    from: Flags.custom<ReturnType<typeof parseJobKey>>({
      helpValue: 'CLUSTER/ROLE/ENV/NAME',
      description: 'compare with this job instead of the one of the same key',
      parse: async (text) => parseJobKey(text),
    })(),
    'exit-code': exitCode,
    ...common,
  },
  run: (session, { args, flags }) =>
    diffJob(session, args.instance_spec, {
      file: args.config_file,
      config: configFlags(flags),
      from: flags.from,
      exitCode: flags['exit-code'],
    }),
});
