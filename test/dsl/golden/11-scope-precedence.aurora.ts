// Which binding wins: process, task, job; a field beats every binding of its name; a later bind beats an earlier one.
import { instance, Job, MB, Process, Resources, Task } from 'aurora';

const cmdline = 'echo {{who}} {{only_task}} {{only_job}} {{chain}}';
const inner = Process({ name: 'inner', cmdline }).bind({ who: 'process', link: 'P' });
const outer = Process({ name: 'outer', cmdline });
const fields = Process({
  name: 'fields',
  cmdline:
    'echo {{name}} {{task.name}} {{role}} {{cluster}} {{environment}} {{instances}} {{priority}} {{service}} ' +
    '{{max_failures}} {{task.max_failures}} {{task.resources.cpu}} {{task.processes[1].name}}',
}).bind({ name: 'ignored', role: 'bound-on-process', max_failures: 99 });
const legacy = Process({
  name: 'legacy',
  cmdline: `echo {{mesos.role}} {{mesos.cluster}} {{thermos.user}} ${instance}`,
});
const twice = Process({ name: 'twice', cmdline: 'echo {{v}}' })
  .bind({ v: 'first' })
  .bind({ v: 'second' })
  .bind({ v: 'third' }, { v: 'fourth' });

export default [
  Job({
    cluster: 'north',
    role: 'lab',
    environment: 'devel',
    name: 'scopes',
    instances: 6,
    priority: 3,
    task: Task({
      name: 'scopes-task',
      processes: [inner, outer, fields, legacy, twice],
      maxFailures: 9,
      resources: Resources({ cpu: 0.5, ram: 64 * MB, disk: 64 * MB }),
    }).bind({ who: 'task', only_task: 'T', role: 'bound-on-task', link: 'T' }),
  }).bind({
    who: 'job',
    only_task: 'never',
    only_job: 'J',
    chain: '<{{link}}>',
    link: 'J',
    cluster: 'bound-on-job',
  }),
];
