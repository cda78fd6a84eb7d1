import { rawCommand } from './command.ts';

export default rawCommand('observer', {
  summary: "Show an agent's tasks, their processes, logs and sandboxes",
  description:
    "Runs beside a Mesos agent, reads its work directory and serves pages and JSON, by default on port 1338, where the scheduler's page expects it.",
  examples: ['aurora observer', 'aurora observer --mesos-root=/var/lib/mesos --ip=127.0.0.1 --port=1338'],
  async words() {
    const { OBSERVER_FLAG_HELP } = await import('../observer/flags.ts');
    return OBSERVER_FLAG_HELP;
  },
  async run(session, words) {
    const { runObserver } = await import('./observer-program.ts');
    return runObserver(session, words);
  },
});
