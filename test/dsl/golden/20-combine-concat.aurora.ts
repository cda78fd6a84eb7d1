// Tasks put together from parts.
import {
  combineTasks,
  concatTasks,
  GB,
  Job,
  MB,
  order,
  Process,
  Resources,
  SequentialTask,
  SimpleTask,
  Task,
} from 'aurora';

const prepare = Task({
  name: 'prepare',
  processes: [
    Process({ name: 'get', cmdline: 'get {{what}}' }),
    Process({ name: 'check', cmdline: 'sha256sum -c sums' }),
  ],
  constraints: order('get', 'check'),
  resources: Resources({ cpu: 1, ram: 512 * MB, disk: 2 * GB }),
  maxFailures: 4,
  finalizationWait: 10,
}).bind({ what: 'dataset' });

const work = SequentialTask({
  name: 'work',
  processes: [
    Process({ name: 'train', cmdline: 'train {{what}}' }),
    Process({ name: 'score', cmdline: 'score' }),
  ],
  resources: Resources({ cpu: 3.5, ram: 256 * MB, disk: 1 * GB, gpu: 1 }),
  maxConcurrency: 2,
  finalizationWait: 25,
}).bind({ what: 'model' });

const done = SimpleTask('done', 'touch done');

const job = (name: string, task: Task) =>
  Job({ cluster: 'north', role: 'ml', environment: 'devel', name, task });

export default [
  job('combined', combineTasks([prepare, work])),
  job('combined-named', combineTasks([work, prepare], { name: 'both', maxFailures: 7 })),
  job('concatenated', concatTasks([prepare, work], { name: 'pipeline' })),
  job('three-steps', concatTasks([prepare, done, work], { name: 'three', maxConcurrency: 0 })),
  job('shared-process', concatTasks([done, done.with({ name: 'again' })], { name: 'shared' })),
];
