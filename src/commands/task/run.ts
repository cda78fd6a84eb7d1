import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { runOnTasks } from '../../client/run-on-tasks.ts';
import { instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, executorSandbox, sshOptions, sshUser } from '../flags.ts';

export default command('task run', {
  summary: "Run a command in the sandboxes of a job's tasks, through ssh",
  description:
    'In the command, {{thermos.task_id}}, {{thermos.ports[NAME]}} and {{mesos.instance}} are filled in. Exits with 4 when it failed on a host.',
  examples: [
    "aurora task run west/web/prod/api 'ls -l'",
    "aurora task run west/web/prod/api/0-4 'curl -s localhost:{{thermos.ports[http]}}/vars' -t 5",
  ],
  args: {
    instance_spec: instanceKey(),
    cmd: Args.string({ required: true, ignoreStdin: true, description: 'the command, as one word' }),
  },
  flags: {
    threads: Flags.integer({ char: 't', default: 1, min: 1, description: 'tasks at a time' }),
    'ssh-user': sshUser,
    'ssh-options': sshOptions,
    'executor-sandbox': executorSandbox,
    ...common,
  },
  run: (session, { args, flags }) =>
    runOnTasks(session, args.instance_spec, {
      command: args.cmd,
      threads: flags.threads,
      user: flags['ssh-user'],
      sshOptions: flags['ssh-options'],
      executorSandbox: flags['executor-sandbox'],
    }),
});
