import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { slaNumbers } from '../../../src/scheduler/sla/sla-numbers.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { scene } from '../state/scene.ts';

export const REFRESH_MS = 60_000;
const ALL = ['JOB_UPTIMES', 'MEDIANS', 'PLATFORM_UPTIME'];
export const JOB = 'www/prod/web';

/** The numbers over real stores, on a clock that the test moves. */
export async function numbersScene(flags: { prod?: string[]; nonProd?: string[] } = {}) {
  const world = await scene();
  const shown = counters(world.clock);
  const numbers = slaNumbers({
    ...world,
    counters: shown,
    tiers: BUILT_IN_TIERS,
    flags: {
      slaStatRefreshIntervalMs: REFRESH_MS,
      slaProdMetrics: flags.prod ?? ALL,
      slaNonProdMetrics: flags.nonProd ?? [],
    },
  });
  const value = (name: string) => shown.values().gauges.get(name);
  const names = () => [...shown.values().gauges.keys()].sort();
  return { ...world, numbers, value, names };
}
