// Ordinary, daemon, ephemeral and final processes with several order lists and parallel branches.
import { GB, order, Process, port, Resources, Service, Task, taskId } from 'aurora';

const unpack = Process({ name: 'unpack', cmdline: 'tar xf bundle.tar' });
const keygen = Process({ name: 'keygen', cmdline: './keygen > key.pem' });
const migrate = Process({
  name: 'migrate',
  cmdline: './migrate --once',
  maxFailures: 4,
  minDuration: 30,
});
const server = Process({ name: 'server', cmdline: `./server --port ${port('main')} --key key.pem` });
const sidecar = Process({
  name: 'log shipper',
  cmdline: './ship --follow server.log',
  daemon: true,
  ephemeral: true,
  maxFailures: 0,
});
const watchdog = Process({
  name: 'watchdog',
  cmdline: './watch',
  ephemeral: true,
  maxFailures: 100,
  minDuration: 1,
});
const flush = Process({ name: 'flush', cmdline: './flush', final: true, maxFailures: 2 });
const report = Process({ name: 'report', cmdline: `./report --task ${taskId}`, final: true });
const upload = Process({ name: 'upload', cmdline: './upload', final: true });

export default [
  Service({
    cluster: 'north',
    role: 'search',
    environment: 'staging',
    name: 'indexer',
    task: Task({
      name: 'indexer',
      processes: [unpack, keygen, migrate, server, sidecar, watchdog, flush, report, upload],
      constraints: [
        ...order('unpack', 'migrate', server),
        ...order(keygen, server),
        ...order('unpack', sidecar),
        ...order('flush', 'upload'),
        ...order(report, upload),
        ...order('watchdog'),
      ],
      maxFailures: 2,
      maxConcurrency: 5,
      finalizationWait: 120,
      user: 'search',
      resources: Resources({ cpu: 2, ram: 4 * GB, disk: 8 * GB }),
    }),
  }),
];
