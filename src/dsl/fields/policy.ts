import type { Bool, Float, Int, Text } from '../language/text.ts';
import type { Value } from '../language/value.ts';

/** Fields of {@link PercentageSlaPolicy}. */
export interface PercentageSlaPolicyFields {
  /** Percentage of the instances that has to stay up, 0 to 100. */
  readonly percentage: Float;
  /** Seconds for which an instance has to be up before it counts. */
  readonly durationSecs: Int;
}

/** Maintenance leaves a share of the instances running. */
export type PercentageSlaPolicy = Value<'PercentageSlaPolicy', PercentageSlaPolicyFields>;

/** Fields of {@link CountSlaPolicy}. */
export interface CountSlaPolicyFields {
  /** Instances that have to stay up. */
  readonly count: Int;
  /** Seconds for which an instance has to be up before it counts. */
  readonly durationSecs: Int;
}

/** Maintenance leaves a number of instances running. */
export type CountSlaPolicy = Value<'CountSlaPolicy', CountSlaPolicyFields>;

/** Fields of {@link CoordinatorSlaPolicy}. */
export interface CoordinatorSlaPolicyFields {
  /** Address that is asked before an instance is taken down. */
  readonly coordinatorUrl: Text;
  /**
   * Field of the answer that says yes or no.
   * @default drain
   */
  readonly statusKey?: Text | undefined;
}

/** Maintenance asks a service of yours before it takes an instance down. */
export type CoordinatorSlaPolicy = Value<'CoordinatorSlaPolicy', CoordinatorSlaPolicyFields>;

/** Fields of {@link PartitionPolicy}. */
export interface PartitionPolicyFields {
  /**
   * Starts a replacement elsewhere when the machine cannot be reached.
   * @default true
   */
  readonly reschedule?: Bool | undefined;
  /**
   * Seconds to wait before that.
   * @default 0
   */
  readonly delaySecs?: Int | undefined;
}

/** What happens to a task on a machine that cannot be reached. */
export type PartitionPolicy = Value<'PartitionPolicy', PartitionPolicyFields>;

/** Fields of {@link Metadata}. */
export interface MetadataFields {
  /** Name; may occur more than once in a job. */
  readonly key: Text;
  /** Value. */
  readonly value: Text;
}

/** A note that travels with the task. */
export type Metadata = Value<'Metadata', MetadataFields>;

/** Fields of {@link ExecutorConfig}. */
export interface ExecutorConfigFields {
  /**
   * Name of an executor that the scheduler knows.
   * @default AuroraExecutor
   */
  readonly name?: Text | undefined;
  /**
   * What that executor gets; AuroraExecutor gets the job itself instead.
   * @default
   */
  readonly data?: Text | undefined;
}

/** Which executor runs the task. */
export type ExecutorConfig = Value<'ExecutorConfig', ExecutorConfigFields>;
