import type { UpdateConfig } from './builders-updates.ts';
import { callSite } from './call-site.ts';
import type { Int } from './text.ts';
import { build } from './value.ts';

/** More than a job can have; a batch of this size takes all remaining instances. */
const ALL_THE_REST = 100_000;

/**
 * An update in batches of these sizes, and at last all the rest; after each batch but the last it pauses until somebody
 * resumes it. Other settings go on with `with`.
 *
 * @example updateConfig: canary(1, 4).with({ watchSecs: 60 })
 */
export function canary(...sizes: readonly [Int, ...Int[]]): UpdateConfig {
  const at = callSite(canary);
  const updateStrategy = build(
    'VariableBatchUpdateStrategy',
    { batchSizes: [...sizes, ALL_THE_REST], autopauseAfterBatch: true },
    at,
    [],
  );
  return build('UpdateConfig', { updateStrategy }, at, []) as unknown as UpdateConfig;
}
