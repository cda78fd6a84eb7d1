import type { TaskConfig } from '../../api/index.ts';
import { quotaAmounts } from '../quota/quota-amounts.ts';

/**
 * Names of the sizes. LIMITS are their upper ends, the same as for empty slots; anything larger is `xxlarge`. Source:
 * the original's SlaGroup.
 */
const SIZES = ['small', 'medium', 'large', 'xlarge'] as const;
const LIMITS = {
  cpu: [1, 4, 8, 16],
  ram: [1024, 8192, 16_384, 32_768],
  disk: [4096, 16_384, 32_768, 65_536],
} as const;

const sizeOf = (dimension: keyof typeof LIMITS, amount: number): string => {
  const at = LIMITS[dimension].findIndex((limit) => amount <= limit);
  return `sla_${dimension}_${SIZES[at] ?? 'xxlarge'}_`;
};

/** Prefixes of the metrics to which tasks with these resources contribute. */
export function sizeGroups(config: TaskConfig): readonly string[] {
  const { cpus, ramMb, diskMb } = quotaAmounts(config);
  return [sizeOf('cpu', cpus), sizeOf('ram', ramMb), sizeOf('disk', diskMb)];
}
