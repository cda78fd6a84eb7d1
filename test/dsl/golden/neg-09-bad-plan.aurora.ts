// Order lists that make no valid plan.
import { type Constraint, Job, MB, order, Process, Resources, Task } from 'aurora';

const a = Process({ name: 'a', cmdline: 'true' });
const b = Process({ name: 'b', cmdline: 'true' });
const c = Process({ name: 'c', cmdline: 'true' });
const f = Process({ name: 'f', cmdline: 'true', final: true });
const d = Process({ name: 'd', cmdline: 'true', daemon: true });
const e = Process({ name: 'e', cmdline: 'true', ephemeral: true });

const job = (name: string, constraints: readonly Constraint[], ...processes: readonly Process[]) =>
  Job({
    cluster: 'north',
    role: 'r',
    environment: 'devel',
    name,
    task: Task({
      name: 't',
      processes,
      constraints,
      resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
    }),
  });

export default [
  job('cycle', [...order(a, b), ...order(b, c), ...order(c, a)], a, b, c),
  job('unknown', order('a', 'zz'), a, b),
  job('final-mixed', order(a, f), a, f),
  job('after-daemon', order(d, a), a, d),
  job('after-ephemeral', order(e, a), a, e),
  job('repeated', order('a', 'b', 'a'), a, b),
];
