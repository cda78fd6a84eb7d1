import { instance, MB, Process, Resources, SequentialTask, Service } from 'aurora';

const greet = Process({
  name: 'greet',
  cmdline: `while true; do echo "Hello from instance ${instance}, it is $(date +%T)"; sleep 2; done`,
});

const task = SequentialTask({
  processes: [greet],
  resources: Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB }),
});

export default [
  Service({ cluster: 'local', role: 'hello', environment: 'devel', name: 'hello_world', task }),
];
