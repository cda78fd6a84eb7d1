import type { GetTierConfigResult } from '../../api/index.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/**
 * Makes `tier` and `production` agree, according to the scheduler's tiers. Without a tier, chooses the first one that
 * is not revocable and fits `production` (else the scheduler's default); with a tier, `production` follows from it. A
 * tier that the scheduler does not know is kept, so that the scheduler refuses it.
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
