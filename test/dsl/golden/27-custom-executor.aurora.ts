// A job for another executor: its data is sent as it is, after templates; nothing of the task is.
import { ExecutorConfig, GB, Process, port, Resources, Service, Task } from 'aurora';

export default [
  Service({
    cluster: 'south',
    role: 'compose',
    environment: 'devel',
    name: 'stack',
    instances: 3,
    tier: 'preemptible',
    priority: 2,
    executorConfig: ExecutorConfig({
      name: 'compose-executor',
      data: '{"file": "stack.yml", "role": "{{role}}", "n": {{n}}}',
    }),
    task: Task({
      name: 'stack',
      processes: [Process({ name: 'noop', cmdline: `true ${port('web')}` })],
      resources: Resources({ cpu: 2, ram: 1 * GB, disk: 3 * GB }),
    }),
  }).bind({ n: 5 }),
];
