import * as Flags from '@oclif/core/flags';
import { sshTask } from '../../client/ssh-task.ts';
import { instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, executorSandbox, sshOptions, sshUser } from '../flags.ts';

export default command('task ssh', {
  summary: 'Open a shell in the sandbox of a task',
  description: "Without an instance, any one is used. Exits with ssh's exit code.",
  examples: [
    'aurora task ssh west/web/prod/api/0',
    'aurora task ssh west/web/prod/api/0 -L 8080:http -c "tail -f stderr"',
  ],
  args: { instance_spec: instanceKey() },
  flags: {
    'ssh-user': sshUser,
    'ssh-options': sshOptions,
    'executor-sandbox': executorSandbox,
    tunnels: Flags.string({
      char: 'L',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PORT:NAME',
      description: 'forward a port of this machine to a named port of the task; can be given several times',
    }),
    command: Flags.string({ char: 'c', description: 'run this instead of a shell' }),
    'pid-file': Flags.string({
      char: 'p',
      helpValue: 'FILE',
      description: "write ssh's process id to this file",
    }),
    ...common,
  },
  run: (session, { args, flags }) =>
    sshTask(session, args.instance_spec, {
      user: flags['ssh-user'],
      sshOptions: flags['ssh-options'],
      executorSandbox: flags['executor-sandbox'],
      tunnels: flags.tunnels ?? [],
      command: flags.command,
      pidFile: flags['pid-file'],
    }),
});
