import { rawCommand } from '../command.ts';

export default rawCommand('scheduler recover', {
  summary: 'Write a backup into an empty log, while no scheduler runs',
  description:
    'Takes backups of this scheduler and of Apache Aurora, compressed with gzip or not. The log is named by the same flags as for `scheduler start`; it must be empty. The scheduler that is started with it afterwards keeps running tasks that the backup does not know.',
  examples: [
    'aurora scheduler recover --from scheduler-backup-2026-11-21-14-00 --check',
    'aurora scheduler recover --from backups/scheduler-backup-2026-11-21-14-00 --data-dir /var/lib/aurora',
    'aurora scheduler recover --from scheduler-backup-2026-11-21-14-00 --log zk://zk1:2181,zk2:2181/aurora/log',
  ],
  words: async () => [
    ['--from FILE', 'the backup'],
    [
      '--check',
      'say what it holds and what of it would be left out, and write nothing; exit code 3 for the latter',
    ],
    ['--data-dir DIR', 'directory of the durable state [$XDG_STATE_HOME/aurora, else ~/.local/state/aurora]'],
    ['--log zk://...', 'the log in ZooKeeper, in place of one in --data-dir; and its other flags'],
  ],
  async run(session, words) {
    const { recoverScheduler } = await import('../recover-program.ts');
    return recoverScheduler(session, words);
  },
});
