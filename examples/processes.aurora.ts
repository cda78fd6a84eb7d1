// Everything that processes can be: ordered, running again and again, not holding the task open, cleaning up at the end.
import { MB, mins, order, Process, Resources, Service, secs, Task } from 'aurora';

const prepare = Process({ name: 'prepare', cmdline: 'mkdir -p work && date > work/started', maxFailures: 3 });
const main = Process({ name: 'main', cmdline: 'while true; do date >> work/log; sleep 5; done' });

// runs again 10 seconds after each end, and does not keep the task alive when main is done
const rotate = Process({
  name: 'rotate',
  cmdline: 'test ! -s work/log || mv work/log work/log.1',
  daemon: true,
  ephemeral: true,
  minDuration: secs(10),
  maxFailures: 0,
});

// runs after all others, whether they ended well or not
const farewell = Process({ name: 'farewell', cmdline: 'cat work/log* | tail -3', final: true });

export default [
  Service({
    cluster: 'local',
    role: 'hello',
    environment: 'devel',
    name: 'processes',
    task: Task({
      name: 'processes',
      processes: [prepare, main, rotate, farewell],
      constraints: [...order(prepare, main), ...order(prepare, rotate)],
      finalizationWait: mins(1),
      resources: Resources({ cpu: 0.2, ram: 64 * MB, disk: 64 * MB }),
    }),
  }),
];
