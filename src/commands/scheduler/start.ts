import type { FlagSpec } from '../../scheduler/flags/table.ts';
import { rawCommand } from '../command.ts';

/** The command's own default for this flag; see scheduler-program.ts. */
const DATA_DIR = '$XDG_STATE_HOME/aurora, else ~/.local/state/aurora';

export default rawCommand('scheduler start', {
  summary: 'Start a scheduler',
  description:
    'Without a Mesos master it brings a cluster of its own, which runs tasks on this machine. Interrupting it ends both, and the tasks; a scheduler that is killed leaves the cluster for a minute, to be started again. With --serverset-path and --log several schedulers share one state: one leads, the others stand by.',
  examples: [
    'aurora scheduler start',
    'aurora scheduler start --http-port 8082 --data-dir /var/lib/aurora',
    'aurora scheduler start --mesos-master zk://zk1:2181,zk2:2181/mesos --cluster-name west',
    'aurora scheduler start --mesos-master zk://zk1:2181,zk2:2181/mesos --zk-endpoints zk1:2181,zk2:2181 --serverset-path /aurora/scheduler --log zk://zk1:2181,zk2:2181/aurora/log',
  ],
  async words() {
    const { SCHEDULER_FLAGS } = await import('../../scheduler/flags/table.ts');
    const flags: readonly FlagSpec[] = Object.values(SCHEDULER_FLAGS);
    return flags.map(({ name, default: value, help }) => [
      `--${name.replaceAll('_', '-')}`,
      value ? `${help} [${name === 'data_dir' ? DATA_DIR : value}]` : help,
    ]);
  },
  async run(session, words) {
    const { runScheduler } = await import('../scheduler-program.ts');
    return runScheduler(session, words);
  },
});
