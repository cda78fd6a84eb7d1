import { rawCommand } from '../command.ts';

export default rawCommand('scheduler start', {
  summary: 'Start a scheduler',
  description: [
    'Without a Mesos master it brings a cluster of its own, which runs tasks on this machine. Interrupting it ends',
    'both, and the tasks; a scheduler that is killed leaves the cluster for a minute, to be started again.',
  ].join('\n'),
  examples: [
    'aurora scheduler start',
    'aurora scheduler start --http-port 8082 --data-dir /var/lib/aurora',
    'aurora scheduler start --mesos-master zk://zk1:2181,zk2:2181/mesos --cluster-name west',
  ],
  async run(session, words) {
    const { runScheduler } = await import('../scheduler-program.ts');
    return runScheduler(session, words);
  },
});
