import type * as Fields from '../fields/update.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/** How an update of the job proceeds. */
export function UpdateConfig(fields: Fields.UpdateConfigFields = {}): UpdateConfig {
  return build('UpdateConfig', fields, callSite(UpdateConfig), []) as unknown as UpdateConfig;
}
export type UpdateConfig = Fields.UpdateConfig;

/** Updates a fixed number of instances at a time; a new one starts as soon as one is done. */
export function QueueUpdateStrategy(fields: Fields.QueueUpdateStrategyFields = {}): QueueUpdateStrategy {
  return build(
    'QueueUpdateStrategy',
    fields,
    callSite(QueueUpdateStrategy),
    [],
  ) as unknown as QueueUpdateStrategy;
}
export type QueueUpdateStrategy = Fields.QueueUpdateStrategy;

/** Updates batch after batch, each when the one before is done as a whole. */
export function BatchUpdateStrategy(fields: Fields.BatchUpdateStrategyFields = {}): BatchUpdateStrategy {
  return build(
    'BatchUpdateStrategy',
    fields,
    callSite(BatchUpdateStrategy),
    [],
  ) as unknown as BatchUpdateStrategy;
}
export type BatchUpdateStrategy = Fields.BatchUpdateStrategy;

/** Updates in batches of different sizes: `VariableBatchUpdateStrategy({ batchSizes: [1, 4, 15] })`. */
export function VariableBatchUpdateStrategy(
  fields: Fields.VariableBatchUpdateStrategyFields,
): VariableBatchUpdateStrategy {
  return build(
    'VariableBatchUpdateStrategy',
    fields,
    callSite(VariableBatchUpdateStrategy),
    [],
  ) as unknown as VariableBatchUpdateStrategy;
}
export type VariableBatchUpdateStrategy = Fields.VariableBatchUpdateStrategy;
