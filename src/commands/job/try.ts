import * as Flags from '@oclif/core/flags';
import { configFile, jobKey } from '../arguments.ts';
import { command } from '../command.ts';
import { config, configFlags } from '../config-flags.ts';
import { common } from '../flags.ts';

export default command('job try', {
  summary: 'Run one instance of a job of a file on this machine, without a scheduler',
  description:
    'The task runs as an agent would run it, with health checks, ports and a sandbox of its own, and all of its output is shown as one stream. Ctrl-C kills it as a scheduler would, a second one at once. Exit code: 0 when it finishes, 130 when it was interrupted, 4 when it fails; then its sandbox is kept.',
  examples: [
    'aurora job try local/hello/devel/hello_world hello_world.aurora.ts',
    'aurora job try west/web/prod/api api.aurora.ts --instance 2 --bind version=7',
  ],
  args: { jobspec: jobKey(), config_file: configFile() },
  flags: {
    ...config,
    instance: Flags.integer({ min: 0, default: 0, helpValue: 'N', description: 'which instance' }),
    keep: Flags.boolean({ description: 'keep the sandbox, however the task ends' }),
    color: Flags.boolean({ allowNo: true, description: 'use colours, whatever NO_COLOR says' }),
    ...common,
  },
  async run(session, { args, flags }) {
    const { tryJob } = await import('../try-program.ts');
    return tryJob(session, {
      job: args.jobspec,
      file: args.config_file,
      config: configFlags(flags),
      instance: flags.instance,
      keep: flags.keep,
      color: flags.color,
    });
  },
});
