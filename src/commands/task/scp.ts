import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { scpTasks } from '../../client/scp-tasks.ts';
import { command } from '../command.ts';
import { common, executorSandbox } from '../flags.ts';

export default command('task scp', {
  summary: 'Copy files to and from the sandboxes of tasks',
  description: "Exits with scp's exit code.",
  examples: [
    'aurora task scp west/web/prod/api/0:core.1234 .',
    'aurora task scp notes.txt west/web/prod/api/0:in/ --scp-options=-p',
  ],
  args: {
    sources: Args.string({
      required: true,
      ignoreStdin: true,
      multiple: true,
      description: 'the files to copy, and the target last: [CLUSTER/ROLE/ENV/NAME/INSTANCE:]PATH',
    }),
  },
  flags: {
    'scp-options': Flags.string({ helpValue: 'OPTIONS', description: 'more options for scp, as one word' }),
    'executor-sandbox': executorSandbox,
    ...common,
  },
  run: (session, { args, flags }) =>
    scpTasks(session, {
      locations: args.sources,
      scpOptions: flags['scp-options'],
      executorSandbox: flags['executor-sandbox'],
    }),
});
