// A field that does not exist.
import { Job, SimpleTask, UpdateConfig } from 'aurora';

export default [
  Job({
    cluster: 'north',
    role: 'r',
    environment: 'devel',
    name: 'typo',
    task: SimpleTask('p', 'true'),
    // @ts-expect-error batchSize has a capital S
    updateConfig: UpdateConfig({ batchsize: 3 }),
  }),
];
