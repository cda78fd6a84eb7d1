import { AuroraError, messageOf } from '../base/errors.ts';
import { namedFile } from './flags/named-file.ts';

/** How scheduling treats tasks of a tier. */
export interface Tier {
  readonly preemptible: boolean;
  readonly revocable: boolean;
}

export interface Tiers {
  readonly defaultName: string;
  readonly byName: ReadonlyMap<string, Tier>;
}

/** The tiers without -tier_config. Source: the tiers.json that comes with the original. */
export const BUILT_IN_TIERS: Tiers = {
  defaultName: 'preemptible',
  byName: new Map([
    ['preferred', { preemptible: false, revocable: false }],
    ['preemptible', { preemptible: true, revocable: false }],
    ['revocable', { preemptible: true, revocable: true }],
  ]),
};

/** Whether tasks of the tier count against quota and are never preempted. */
export const isProduction = (tier: Tier): boolean => !tier.preemptible && !tier.revocable;

/** Parses `{"default": NAME, "tiers": {NAME: {"preemptible": B, "revocable": B}}}`; errors name the file `where`. */
export function parseTiers(text: string, where: string): Tiers {
  const refuse = (what: string) => new AuroraError('CONFIG', `tiers: ${what}`, { where });
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  const { default: name, tiers } = (file ?? {}) as { default?: unknown; tiers?: Record<string, unknown> };
  if (typeof tiers !== 'object' || tiers === null || Object.keys(tiers).length === 0)
    throw refuse('no tier is defined');
  const byName = new Map<string, Tier>();
  for (const [tier, value] of Object.entries(tiers)) {
    const { preemptible, revocable } = (value ?? {}) as Record<string, unknown>;
    if (typeof preemptible !== 'boolean' || typeof revocable !== 'boolean')
      throw refuse(`tier ${tier} needs "preemptible" and "revocable", each true or false`);
    byName.set(tier, { preemptible, revocable });
  }
  if (typeof name !== 'string' || !byName.has(name))
    throw refuse(`the default tier "${name}" is not defined`);
  return { defaultName: name, byName };
}

/**
 * The tiers of this scheduler.
 * @throws AuroraError CONFIG, naming the file, when -tier_config cannot be read or is invalid.
 */
export function loadTiers(path: string | undefined): Tiers {
  if (path === undefined) return BUILT_IN_TIERS;
  const { text, where } = namedFile(path, 'the tier file');
  return parseTiers(text, where);
}
