// The smallest useful jobs: everything else is a default. Names come from the task and its first process.
import { Job, MB, Process, Resources, SimpleTask, Task } from 'aurora';

export default [
  Job({
    cluster: 'south',
    role: 'ops',
    environment: 'devel',
    task: SimpleTask('disk-usage', 'du -xsh /srv | tee usage.txt'),
  }),
  Job({
    cluster: 'south',
    role: 'ops',
    environment: 'test',
    name: 'one.shot_2',
    task: Task({
      processes: [Process({ name: 'list', cmdline: 'ls -la' }), Process({ name: 'id', cmdline: 'id' })],
      resources: Resources({ cpu: 0.1, ram: 16 * MB, disk: 1 * MB }),
    }),
  }),
  Job({
    cluster: 'south',
    role: 'ops',
    environment: 'devel',
    task: {
      processes: [{ name: 'from-dict', cmdline: 'true' }],
      resources: { cpu: '0.25', ram: 33_554_432, disk: '1048576' },
    },
  }),
];
