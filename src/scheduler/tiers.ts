import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuroraError, messageOf } from '../base/errors.ts';

/** What a tier means to scheduling. */
export interface Tier {
  readonly preemptible: boolean;
  readonly revocable: boolean;
}

export interface Tiers {
  readonly defaultName: string;
  readonly byName: ReadonlyMap<string, Tier>;
}

/** Without -tier_config. Source: the tiers.json that comes with the original. */
export const BUILT_IN_TIERS: Tiers = {
  defaultName: 'preemptible',
  byName: new Map([
    ['preferred', { preemptible: false, revocable: false }],
    ['preemptible', { preemptible: true, revocable: false }],
    ['revocable', { preemptible: true, revocable: true }],
  ]),
};

/** A task of the tier counts against quota and may not be moved for others. */
export const isProduction = (tier: Tier): boolean => !tier.preemptible && !tier.revocable;

/** Reads `{"default": NAME, "tiers": {NAME: {"preemptible": B, "revocable": B}}}`; `where` names the file in errors. */
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
 * @throws AuroraError CONFIG when the file of -tier_config cannot be read or is wrong, naming it.
 */
export function loadTiers(path: string | undefined): Tiers {
  if (path === undefined) return BUILT_IN_TIERS;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AuroraError('CONFIG', 'the tier file cannot be read', { where: resolve(path), cause });
  }
  return parseTiers(text, resolve(path));
}
