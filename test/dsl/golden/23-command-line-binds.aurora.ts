// Nearly every value comes from the command line. Those lose against task-level binds and fields, and win against
// job-level binds.
import { Process, Resources, Service, Task, UpdateConfig } from 'aurora';

export default [
  Service({
    cluster: '{{cluster_name}}',
    role: '{{who}}',
    environment: '{{stage}}',
    name: '{{app}}',
    instances: '{{count}}',
    production: '{{prod}}',
    task: Task({
      name: '{{app}}-task',
      processes: [
        Process({ name: 'run-{{app}}', cmdline: './{{app}}:{{tag}} {{args}} {{owner}} {{late}}' }),
        Process({ name: 'args', cmdline: 'echo {{role}} {{tag}} {{cfg.deep.key}} {{list[1]}}' }),
      ],
      resources: Resources({ cpu: '{{cpus}}', ram: '{{memory}}', disk: '{{space}}' }),
    }).bind({ owner: 'task-level' }),
    constraints: { '{{where}}': '{{what}}' },
    updateConfig: UpdateConfig({ batchSize: '{{batch}}', watchSecs: '{{watch}}' }),
  }).bind({ late: 'job-level', owner: 'job-level' }),
];
