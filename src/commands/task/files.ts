import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { taskFiles } from '../../client/task-files.ts';
import { oneInstance } from '../arguments.ts';
import { command } from '../command.ts';
import { common, json } from '../flags.ts';

export default command('task files', {
  summary: 'List the sandbox of an instance, or get a file from it',
  description:
    'The sandbox is that of the newest task, even when it has ended, as long as the sandbox exists. It is read through the scheduler, or directly from the machine.',
  examples: [
    'aurora task files west/web/prod/api/0',
    'aurora task files west/web/prod/api/0 .logs/main/0',
    'aurora task files west/web/prod/api/0 heap.hprof --get',
    'aurora task files west/web/prod/api/0 etc/app.conf -o -',
  ],
  args: {
    instance: oneInstance(),
    path: Args.string({
      ignoreStdin: true,
      description: 'path relative to the sandbox; default: the sandbox itself',
    }),
  },
  flags: {
    get: Flags.boolean({ description: 'copy the file to the current folder, under its own name' }),
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      description: 'copy the file to this path; - is stdout',
    }),
    json,
    direct: Flags.boolean({ description: 'ask observer and agent, not the scheduler' }),
    ...common,
  },
  run: (session, { args, flags }) =>
    taskFiles(session, args.instance, {
      path: args.path ?? '',
      get: flags.output ?? (flags.get ? '' : undefined),
      json: flags.json,
      direct: flags.direct,
    }),
});
