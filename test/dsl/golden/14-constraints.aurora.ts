// Scheduling constraints: limits, values, negation, dedicated machines, templates in keys and values.
import { dedicated, limit, MB, not, oneOf, Process, Resources, Service, Task } from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'store',
  environment: 'devel',
  name: 'x',
  task: Task({
    processes: [Process({ name: 'idle', cmdline: 'sleep 3600' })],
    resources: Resources({ cpu: 0.1, ram: 8 * MB, disk: 8 * MB }),
  }),
});

export default [
  base.with({
    name: 'limits',
    constraints: { host: limit(1), rack: limit(10), zone: limit(0), row: limit(-3) },
  }),
  base.with({
    name: 'values',
    constraints: {
      disk: 'ssd',
      kernel: oneOf('5.10', '6.1', '6.6'),
      gpu: not('true'),
      rack: not('r1', 'r2', 'r2'),
    },
  }),
  base.with({
    name: 'odd',
    constraints: { '!key': 'a', blank: ' a, b ', empty: '', neg: '!', double: '!!x', limits: 'limit' },
  }),
  base.with({ name: 'dedicated-one', constraints: { dedicated: dedicated('store') } }),
  base
    .with({
      name: 'dedicated-group',
      constraints: { dedicated: dedicated('store', '{{group}}'), '{{attr}}': 'limit:{{n}}' },
    })
    .bind({ group: 'db', attr: 'host', n: 2 }),
  base.with({
    name: 'dedicated-any',
    constraints: { dedicated: dedicated('*', 'shared.pool'), host: 'limit: 4' },
  }),
];
