import type { Bool, Int } from '../language/text.ts';
import type { Value } from '../language/value.ts';

/** Fields of {@link UpdateConfig}. */
export interface UpdateConfigFields {
  /**
   * Instances that are updated at the same time. Leave it out when `updateStrategy` is given.
   * @default 1
   */
  readonly batchSize?: Int | undefined;
  /**
   * Seconds that an updated instance has to stay RUNNING before it counts as done; 0 leaves that to the health check.
   * @default 45
   */
  readonly watchSecs?: Int | undefined;
  /**
   * Failures of one instance that are retried before it counts as failed.
   * @default 0
   */
  readonly maxPerShardFailures?: Int | undefined;
  /**
   * Failed instances that are tolerated before the update fails; less than `instances`.
   * @default 0
   */
  readonly maxTotalFailures?: Int | undefined;
  /**
   * Rolls a failed update back.
   * @default true
   */
  readonly rollbackOnFailure?: Bool | undefined;
  /**
   * Waits for the whole batch before the next one begins.
   * @default false
   */
  readonly waitForBatchCompletion?: Bool | undefined;
  /**
   * Seconds, at least 60, after which the update stops unless a pulse has arrived; unset needs no pulses.
   * @default unset
   */
  readonly pulseIntervalSecs?: Int | undefined;
  /**
   * Seconds after which an instance whose new task does not run yet has failed; unset waits for as long as it takes. The
   * original's scheduler does not know it.
   * @default unset
   */
  readonly startTimeoutSecs?: Int | undefined;
  /**
   * Keeps the job's SLA policy while instances are replaced; needs `slaPolicy`.
   * @default false
   */
  readonly slaAware?: Bool | undefined;
  /**
   * How instances are grouped; unset follows `batchSize` and `waitForBatchCompletion`.
   * @default unset
   */
  readonly updateStrategy?:
    | QueueUpdateStrategy
    | BatchUpdateStrategy
    | VariableBatchUpdateStrategy
    | undefined;
}

/** How an update of the job proceeds. */
export type UpdateConfig = Value<'UpdateConfig', UpdateConfigFields>;

/** Fields of {@link QueueUpdateStrategy}. */
export interface QueueUpdateStrategyFields {
  /**
   * Instances that are updated at the same time.
   * @default 1
   */
  readonly batchSize?: Int | undefined;
}

/** A new instance starts as soon as one is done. */
export type QueueUpdateStrategy = Value<'QueueUpdateStrategy', QueueUpdateStrategyFields>;

/** Fields of {@link BatchUpdateStrategy}. */
export interface BatchUpdateStrategyFields {
  /**
   * Instances of a batch.
   * @default 1
   */
  readonly batchSize?: Int | undefined;
  /**
   * Pauses the update after every batch, until somebody resumes it.
   * @default false
   */
  readonly autopauseAfterBatch?: Bool | undefined;
}

/** A batch starts when the whole batch before it is done. */
export type BatchUpdateStrategy = Value<'BatchUpdateStrategy', BatchUpdateStrategyFields>;

/** Fields of {@link VariableBatchUpdateStrategy}. */
export interface VariableBatchUpdateStrategyFields {
  /** Instances of each batch, at least one entry; the last one repeats while instances remain. */
  readonly batchSizes: readonly Int[];
  /**
   * Pauses the update after every batch, until somebody resumes it.
   * @default false
   */
  readonly autopauseAfterBatch?: Bool | undefined;
}

/** Batches of different sizes, for example one instance, then four, then fifteen. */
export type VariableBatchUpdateStrategy = Value<
  'VariableBatchUpdateStrategy',
  VariableBatchUpdateStrategyFields
>;
