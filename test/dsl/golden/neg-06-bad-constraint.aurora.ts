// Limit constraints whose limit is no integer.
import { MB, Process, Resources, Service, Task } from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'r',
  environment: 'devel',
  task: Task({
    processes: [Process({ name: 'p', cmdline: 'true' })],
    resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
  }),
});

export default [
  base.with({ name: 'word', constraints: { host: 'limit:many' } }),
  base.with({ name: 'empty', constraints: { rack: 'limit:' } }),
  base.with({ name: 'decimal', constraints: { host: 'limit:1.5' } }),
];
