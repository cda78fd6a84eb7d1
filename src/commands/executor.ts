import { rawCommand } from './command.ts';

export default rawCommand('executor', {
  summary: 'Run one task for a Mesos agent',
  description: 'Agents start it; it takes its place in the cluster from the environment that they give it.',
  examples: ['aurora executor --help'],
  async words() {
    const { EXECUTOR_FLAG_HELP } = await import('../executor/flags.ts');
    return EXECUTOR_FLAG_HELP;
  },
  async run({ env }, words) {
    const { runExecutor } = await import('../executor/main.ts');
    return runExecutor({ argv: words, env: { ...env } });
  },
});
