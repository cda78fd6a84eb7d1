import type { GetTierConfigResult } from '../../api/index.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/**
 * Makes `tier` and `production` agree, as the scheduler's tiers say: without a tier the first one that is not
 * revocable and fits `production` (else the scheduler's default); with one, `production` follows from it.
 * A tier that the scheduler does not know is left alone, for the scheduler to refuse.
 */
export function withTier(job: Job, { defaultTierName, tiers }: GetTierConfigResult): Job {
  const flag = (tier: (typeof tiers)[number] | undefined, name: string) => tier?.settings[name] === 'true';
  if (job.tier !== undefined) {
    const tier = tiers.find(({ name }) => name === job.tier);
    return tier ? { ...job, production: !flag(tier, 'preemptible') } : job;
  }
  const fitting = tiers.find(
    (tier) => !flag(tier, 'revocable') && !flag(tier, 'preemptible') === job.production,
  );
  const name = fitting?.name ?? defaultTierName;
  const chosen = tiers.find((tier) => tier.name === name);
  return { ...job, tier: name, production: chosen ? !flag(chosen, 'preemptible') : job.production };
}
