// Port aliases that never reach a port.
import { Announcer, MB, Process, port, Resources, Service, Task } from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'r',
  environment: 'devel',
  task: Task({
    processes: [Process({ name: 'p', cmdline: `run ${port('a')}` })],
    resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
  }),
});

export default [
  base.with({ name: 'two', announce: Announcer({ portmap: { a: 'b', b: 'a' } }) }),
  base.with({
    name: 'three',
    announce: Announcer({ portmap: { a: 'b', b: 'c', c: 'a', x: '80' } }),
    // the fixed port is not what this case is about
    constraints: { dedicated: 'r' },
  }),
  base.with({ name: 'self', announce: Announcer({ primaryPort: 'a', portmap: { a: 'a' } }) }),
  base.with({ name: 'default-map', announce: Announcer({ primaryPort: 'aurora' }) }),
];
