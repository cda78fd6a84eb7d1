// A field that refers to itself never settles, also when a binding of the same name exists.
import { Job, MB, Process, Resources, SimpleTask, Task } from 'aurora';

const job = (name: string, task: Task) =>
  Job({ cluster: 'north', role: 'r', environment: 'devel', name, task });

export default [
  job(
    'same-name',
    Task({
      name: 't',
      processes: [Process({ name: 'p', cmdline: 'true', maxFailures: '{{max_failures}}' })],
      resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
    }),
  ).bind({ max_failures: 3 }),
  job('mutual', SimpleTask('p', 'run {{x}}')).bind({ x: '{{y}}', y: '{{x}}' }),
  job('growing', SimpleTask('p', 'run {{x}}')).bind({ x: '{{x}}-' }),
];
