import { rawCommand } from '../command.ts';

export default rawCommand('scheduler forget-framework', {
  summary: 'Drop the framework id that Mesos removed, while no scheduler runs; all else stays',
  description:
    'After a teardown Mesos never takes the framework back, and its tasks are gone. The scheduler that is started afterwards registers as a new framework and starts the tasks of its jobs again. The log is named by the same flags as for `scheduler start`. Tasks of a framework that Mesos still knows run on without a scheduler until Mesos gives the framework up.',
  examples: [
    'aurora scheduler forget-framework --data-dir /var/lib/aurora',
    'aurora scheduler forget-framework --log zk://zk1:2181,zk2:2181/aurora/log',
  ],
  words: async () => [
    ['--data-dir DIR', 'directory of the durable state [$XDG_STATE_HOME/aurora, else ~/.local/state/aurora]'],
    ['--log zk://...', 'the log in ZooKeeper, in place of one in --data-dir; and its other flags'],
  ],
  async run(session, words) {
    const { forgetFrameworkOf } = await import('../forget-framework-program.ts');
    return forgetFrameworkOf(session, words);
  },
});
