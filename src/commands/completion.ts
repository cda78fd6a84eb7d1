import * as Args from '@oclif/core/args';
import { command } from './command.ts';
import { SHELL_COMPLETIONS } from './shell-completions.ts';

const SHELLS = Object.keys(SHELL_COMPLETIONS) as readonly (keyof typeof SHELL_COMPLETIONS)[];

export default command('completion', {
  summary: 'Print what makes a shell complete command lines of aurora',
  description:
    'Completes commands, flags, clusters, files, and roles and job keys, for which it asks the scheduler. For bash, in ~/.bashrc: source <(aurora completion bash). For zsh, in ~/.zshrc after compinit: source <(aurora completion zsh). For fish: aurora completion fish > ~/.config/fish/completions/aurora.fish.',
  examples: ['aurora completion bash', 'aurora completion fish > ~/.config/fish/completions/aurora.fish'],
  args: {
    shell: Args.custom<keyof typeof SHELL_COMPLETIONS>({ options: [...SHELLS] })({
      required: true,
      ignoreStdin: true,
      description: SHELLS.join(', '),
    }),
  },
  flags: {},
  async run(session, { args }) {
    const shell = args.shell as keyof typeof SHELL_COMPLETIONS;
    session.print(SHELL_COMPLETIONS[shell]);
    session.give?.({ shell, script: SHELL_COMPLETIONS[shell] });
  },
});
