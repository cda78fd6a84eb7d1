// Update settings: implied queue and batch strategies, variable batches, pulses, failure limits, no rollback.
import {
  MB,
  mins,
  PercentageSlaPolicy,
  Process,
  Resources,
  Service,
  Task,
  UpdateConfig,
  VariableBatchUpdateStrategy,
} from 'aurora';

const base = Service({
  cluster: 'south',
  role: 'play',
  environment: 'devel',
  instances: 100,
  task: Task({
    processes: [Process({ name: 'srv', cmdline: './srv' })],
    resources: Resources({ cpu: 1, ram: 128 * MB, disk: 128 * MB }),
  }),
});

export default [
  base.with({ name: 'defaults' }),
  base.with({ name: 'queue', updateConfig: UpdateConfig({ batchSize: 10 }) }),
  base.with({ name: 'batch', updateConfig: { batchSize: 25, waitForBatchCompletion: true } }),
  base.with({
    name: 'variable',
    updateConfig: { updateStrategy: VariableBatchUpdateStrategy({ batchSizes: [1, 4, 15, 40] }) },
  }),
  base
    .with({
      name: 'variable-pause',
      updateConfig: {
        updateStrategy: VariableBatchUpdateStrategy({
          batchSizes: ['{{first}}', 50],
          autopauseAfterBatch: true,
        }),
        watchSecs: 0,
      },
    })
    .bind({ first: 2 }),
  base.with({ name: 'pulsed', updateConfig: { pulseIntervalSecs: mins(1), batchSize: '5' } }),
  base.with({
    name: 'strict',
    updateConfig: { watchSecs: 90, maxPerShardFailures: 3, maxTotalFailures: 99, rollbackOnFailure: false },
  }),
  base.with({
    name: 'sla-aware',
    tier: 'preferred',
    slaPolicy: PercentageSlaPolicy({ percentage: 90, durationSecs: mins(10) }),
    updateConfig: { slaAware: true, batchSize: 4, waitForBatchCompletion: true },
  }),
];
