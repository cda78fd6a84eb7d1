// A finite batch job: many instances, endless task failures, production without a tier, a limit on concurrency.
import { GB, instance, Job, order, Process, Resources, Task } from 'aurora';

const shards = 40;
const setup = Process({ name: 'setup', cmdline: 'mkdir -p out && touch out/.keep' });
const convert = [0, 1, 2, 3].map((part) =>
  Process({
    name: `convert-0${part}`,
    cmdline: `./convert --part ${part} --shard ${instance}/${shards} --out out/0${part}.bin`,
    maxFailures: part % 2 ? 0 : 2,
  }),
);
const pack = Process({ name: 'pack', cmdline: `tar cf out-${instance}.tar out` });

export default [
  Job({
    cluster: 'north',
    role: 'media',
    environment: 'prod',
    name: 'convert',
    instances: shards,
    production: true,
    priority: 5,
    maxTaskFailures: -1,
    task: Task({
      name: 'convert',
      processes: [setup, ...convert, pack],
      constraints: convert.flatMap((process) => order(setup, process, pack)),
      maxFailures: 0,
      maxConcurrency: 2,
      finalizationWait: 5,
      resources: Resources({ cpu: 4, ram: 6 * GB, disk: 20 * GB }),
    }),
  }),
];
