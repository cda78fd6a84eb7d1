// A cron job: `aurora cron schedule local/hello/devel/report examples/cron.aurora.ts`.
import { cron, Job, MB, Process, Resources, SequentialTask } from 'aurora';

export default [
  Job({
    cluster: 'local',
    role: 'hello',
    environment: 'devel',
    name: 'report',
    cronSchedule: cron('*/5 * * * *'),
    // a run that is still going on when the next one is due is left alone
    cronCollisionPolicy: 'CANCEL_NEW',
    task: SequentialTask({
      processes: [
        Process({ name: 'collect', cmdline: 'df -h > disks.txt' }),
        Process({ name: 'print', cmdline: 'cat disks.txt' }),
      ],
      resources: Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB }),
    }),
  }),
];
