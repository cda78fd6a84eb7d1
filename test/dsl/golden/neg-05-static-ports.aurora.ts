// Fixed port numbers are only allowed on dedicated hosts: several instances could meet on one host.
import { Announcer, limit, MB, Process, port, Resources, Service, Task } from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'edge',
  environment: 'devel',
  instances: 5,
  task: Task({
    processes: [Process({ name: 'srv', cmdline: `./srv ${port('http')}` })],
    resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
  }),
});

export default [
  base.with({ name: 'number', announce: Announcer({ portmap: { http: 8080 } }) }),
  base.with({
    name: 'text',
    announce: Announcer({ portmap: { http: '8080', aurora: 'http' } }),
    constraints: { host: limit(1) },
  }),
  base
    .with({ name: 'templated', announce: Announcer({ portmap: { http: '{{fixed}}' } }) })
    .bind({ fixed: 80 }),
];
