import { ACTIVE_JOB_UPDATE_STATES, ENUMS, GOOD_IDENTIFIER } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import type { UpdateStatus } from './updates.ts';

/** Updates of a cluster, a role, an environment or one job. */
export interface UpdateFilter {
  readonly cluster: string;
  readonly role?: string | undefined;
  readonly environment?: string | undefined;
  readonly name?: string | undefined;
}

const ALL = Object.keys(ENUMS.JobUpdateStatus) as readonly UpdateStatus[];

/** The groups of states that `--status` accepts besides the names of states. Source: the original. */
export const UPDATE_GROUPS: Readonly<Record<string, readonly UpdateStatus[]>> = {
  active: [...ACTIVE_JOB_UPDATE_STATES],
  all: ALL,
  blocked: ['ROLL_FORWARD_AWAITING_PULSE', 'ROLL_BACK_AWAITING_PULSE'],
  failed: ['ERROR', 'FAILED', 'ROLLED_BACK'],
  inactive: ALL.filter((status) => !ACTIVE_JOB_UPDATE_STATES.has(status)),
  paused: ['ROLL_FORWARD_PAUSED', 'ROLL_BACK_PAUSED'],
  succeeded: ['ROLLED_FORWARD'],
};

/** All values that `--status` accepts. */
export const STATUS_CHOICES: readonly string[] = [...Object.keys(UPDATE_GROUPS), ...ALL];

const FORM = 'write CLUSTER[/ROLE[/ENV[/NAME]]]';

/** Reads `CLUSTER[/ROLE[/ENV[/NAME]]]`; there are no wildcards. Throws USAGE. */
export function parseUpdateFilter(text: string): UpdateFilter {
  const parts = text.split('/');
  if (parts.length > 4 || parts.includes(''))
    throw new AuroraError('USAGE', `"${text}" is no filter of updates`, { next: FORM });
  const [cluster = '', role, environment, name] = parts;
  const bad = parts.slice(1).find((part) => !GOOD_IDENTIFIER.test(part));
  if (bad !== undefined) {
    throw new AuroraError(
      'USAGE',
      `"${text}": "${bad}" may hold letters, digits, dashes, dots and underscores only`,
      { next: FORM },
    );
  }
  return { cluster, role, environment, name };
}
