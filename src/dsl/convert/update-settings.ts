import type { JobUpdateStrategy, Wire } from '../../api/index.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/** The settings for an update of all instances; a caller adds `updateOnlyTheseInstances` to restrict it. */
export function updateSettingsOf({ updateConfig }: Job): Wire<'JobUpdateSettings'> {
  const strategy = strategyOf(updateConfig);
  const { pulseIntervalSecs: pulse, startTimeoutSecs: startTimeout } = updateConfig;
  return {
    updateGroupSize: groupSizeOf(strategy) ?? updateConfig.batchSize,
    maxPerInstanceFailures: updateConfig.maxPerShardFailures,
    maxFailedInstances: updateConfig.maxTotalFailures,
    minWaitInInstanceRunningMs: updateConfig.watchSecs * 1000,
    rollbackOnFailure: updateConfig.rollbackOnFailure,
    waitForBatchCompletion: updateConfig.waitForBatchCompletion || strategy.batchStrategy !== undefined,
    ...(pulse === undefined ? {} : { blockIfNoPulsesAfterMs: pulse * 1000 }),
    ...(startTimeout === undefined ? {} : { instanceStartTimeoutMs: startTimeout * 1000 }),
    slaAware: updateConfig.slaAware,
    updateStrategy: strategy,
  };
}

const groupSizeOf = ({ queueStrategy, batchStrategy }: JobUpdateStrategy): number | undefined =>
  queueStrategy?.groupSize ?? batchStrategy?.groupSize;

function strategyOf({
  updateStrategy,
  waitForBatchCompletion,
  batchSize,
}: ResolvedStruct<'UpdateConfig'>): JobUpdateStrategy {
  switch (updateStrategy?.struct) {
    case undefined:
      return waitForBatchCompletion
        ? { batchStrategy: { groupSize: batchSize, autopauseAfterBatch: false } }
        : { queueStrategy: { groupSize: batchSize } };
    case 'QueueUpdateStrategy':
      return { queueStrategy: { groupSize: updateStrategy.value.batchSize } };
    case 'BatchUpdateStrategy': {
      const { batchSize: groupSize, autopauseAfterBatch } = updateStrategy.value;
      return { batchStrategy: { groupSize, autopauseAfterBatch } };
    }
    case 'VariableBatchUpdateStrategy': {
      const { batchSizes, autopauseAfterBatch } = updateStrategy.value;
      return { varBatchStrategy: { groupSizes: batchSizes, autopauseAfterBatch } };
    }
  }
}
