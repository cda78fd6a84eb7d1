// A nightly cron job with a collision policy, metadata and a priority.
import { cron, GB, Job, MB, Metadata, order, Process, Resources, Task } from 'aurora';

const collect = Process({ name: 'collect', cmdline: './collect --day yesterday --out data.csv' });
const render = Process({ name: 'render', cmdline: './render data.csv > report.html' });
const mail = Process({
  name: 'mail',
  cmdline: './mail --to {{contact}} --from {{role}}@example.test report.html',
  maxFailures: 5,
});

export default [
  Job({
    cluster: 'south',
    role: 'finance',
    environment: 'prod',
    name: 'nightly-report',
    contact: 'finance@example.test',
    cronSchedule: cron('30 2 * * *'),
    cronCollisionPolicy: 'CANCEL_NEW',
    priority: 20,
    maxTaskFailures: 3,
    metadata: [
      Metadata({ key: 'team', value: 'finance' }),
      Metadata({ key: 'runbook', value: 'https://wiki.example.test/nightly-report' }),
      Metadata({ key: 'team', value: 'data' }),
    ],
    task: Task({
      name: 'report',
      processes: [collect, render, mail],
      constraints: order(collect, render, mail),
      maxFailures: 1,
      finalizationWait: 60,
      resources: Resources({ cpu: 2, ram: 2 * GB, disk: 512 * MB }),
    }),
  }),
];
