// Update settings that are refused.
import { MB, Process, Resources, Service, Task, UpdateConfig, VariableBatchUpdateStrategy } from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'r',
  environment: 'devel',
  instances: 4,
  task: Task({
    processes: [Process({ name: 'p', cmdline: 'true' })],
    resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
  }),
});
const updateStrategy = VariableBatchUpdateStrategy({ batchSizes: [1] });

export default [
  base.with({ name: 'batch-zero', updateConfig: UpdateConfig({ batchSize: 0 }) }),
  base.with({ name: 'batch-negative', updateConfig: UpdateConfig({ batchSize: -2 }) }),
  base.with({ name: 'watch-negative', updateConfig: UpdateConfig({ watchSecs: -1 }) }),
  base.with({ name: 'pulse-short', updateConfig: UpdateConfig({ pulseIntervalSecs: 59 }) }),
  base.with({ name: 'pulse-zero', updateConfig: UpdateConfig({ pulseIntervalSecs: 0 }) }),
  base.with({ name: 'too-many-failures', updateConfig: UpdateConfig({ maxTotalFailures: 4 }) }),
  base.with({
    name: 'dedicated-too-few',
    instances: 200,
    constraints: { dedicated: 'r' },
    updateConfig: UpdateConfig({ maxTotalFailures: 3 }),
  }),
  base.with({ name: 'ambiguous-wait', updateConfig: { waitForBatchCompletion: true, updateStrategy } }),
  base.with({ name: 'ambiguous-size', updateConfig: { batchSize: 2, updateStrategy } }),
  base.with({ name: 'health-negative', healthCheckConfig: { intervalSecs: -0.5 } }),
  base.with({ name: 'successes-negative', healthCheckConfig: { minConsecutiveSuccesses: -1 } }),
];
