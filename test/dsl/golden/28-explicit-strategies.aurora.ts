// Explicit queue and batch strategies.
import {
  BatchUpdateStrategy,
  MB,
  Process,
  QueueUpdateStrategy,
  Resources,
  Service,
  Task,
  UpdateConfig,
} from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'play',
  environment: 'devel',
  instances: 50,
  task: Task({
    processes: [Process({ name: 'srv', cmdline: './srv' })],
    resources: Resources({ cpu: 1, ram: 128 * MB, disk: 128 * MB }),
  }),
});

export default [
  base.with({ name: 'queue-default', updateConfig: UpdateConfig({ updateStrategy: QueueUpdateStrategy() }) }),
  base.with({
    name: 'queue-7',
    updateConfig: UpdateConfig({ updateStrategy: QueueUpdateStrategy({ batchSize: 7 }), watchSecs: 5 }),
  }),
  base
    .with({
      name: 'batch-5',
      updateConfig: UpdateConfig({ updateStrategy: BatchUpdateStrategy({ batchSize: '{{b}}' }) }),
    })
    .bind({ b: 5 }),
  base.with({
    name: 'batch-pause',
    updateConfig: UpdateConfig({
      updateStrategy: BatchUpdateStrategy({ batchSize: 10, autopauseAfterBatch: true }),
      maxTotalFailures: 3,
    }),
  }),
];
