import * as Flags from '@oclif/core/flags';
import { planUpdate } from '../../client/plan-update.ts';
import { configFile, instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common, exitCode, json } from '../flags.ts';

export default command('update plan', {
  summary: 'Show what an update would do, and start nothing',
  description:
    'Shows every field that changes, with its place in the file; which instances change, in which batches; and how many of the new ones could be placed now. `update start --plan` starts exactly what `--out` wrote, or refuses.',
  examples: [
    'aurora update plan local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora update plan west/web/prod/api api.aurora.ts --bind version=8 --out api.plan --exit-code',
  ],
  args: { instance_spec: instanceKey(), config_file: configFile() },
  flags: {
    ...config,
    out: Flags.string({ helpValue: 'FILE', description: 'write the plan to this file, as JSON' }),
    json,
    'exit-code': exitCode,
    ...common,
  },
  run: (session, { args, flags }) =>
    planUpdate(session, args.instance_spec, {
      file: args.config_file,
      config: configFlags(flags),
      out: flags.out,
      json: flags.json,
      exitCode: flags['exit-code'],
    }),
});
