import type * as Fields from '../fields/policy.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/** Maintenance leaves a share of the instances running. */
export function PercentageSlaPolicy(fields: Fields.PercentageSlaPolicyFields): PercentageSlaPolicy {
  return build(
    'PercentageSlaPolicy',
    fields,
    callSite(PercentageSlaPolicy),
    [],
  ) as unknown as PercentageSlaPolicy;
}
export type PercentageSlaPolicy = Fields.PercentageSlaPolicy;

/** Maintenance leaves a number of instances running. */
export function CountSlaPolicy(fields: Fields.CountSlaPolicyFields): CountSlaPolicy {
  return build('CountSlaPolicy', fields, callSite(CountSlaPolicy), []) as unknown as CountSlaPolicy;
}
export type CountSlaPolicy = Fields.CountSlaPolicy;

/** Maintenance asks a service of yours first. */
export function CoordinatorSlaPolicy(fields: Fields.CoordinatorSlaPolicyFields): CoordinatorSlaPolicy {
  return build(
    'CoordinatorSlaPolicy',
    fields,
    callSite(CoordinatorSlaPolicy),
    [],
  ) as unknown as CoordinatorSlaPolicy;
}
export type CoordinatorSlaPolicy = Fields.CoordinatorSlaPolicy;

/** What happens to a task on a machine that cannot be reached. */
export function PartitionPolicy(fields: Fields.PartitionPolicyFields = {}): PartitionPolicy {
  return build('PartitionPolicy', fields, callSite(PartitionPolicy), []) as unknown as PartitionPolicy;
}
export type PartitionPolicy = Fields.PartitionPolicy;

/** A note that travels with the task. */
export function Metadata(fields: Fields.MetadataFields): Metadata {
  return build('Metadata', fields, callSite(Metadata), []) as unknown as Metadata;
}
export type Metadata = Fields.Metadata;

/** Which executor runs the task. */
export function ExecutorConfig(fields: Fields.ExecutorConfigFields = {}): ExecutorConfig {
  return build('ExecutorConfig', fields, callSite(ExecutorConfig), []) as unknown as ExecutorConfig;
}
export type ExecutorConfig = Fields.ExecutorConfig;
