import { AuroraError } from './errors.ts';

/**
 * Throws when a condition that must always hold does not, because a broken state that lives on is found hours later,
 * far from its cause. Use it for conditions that cost nothing to check; they stay on in production.
 * @param state describes the broken object for the message; only called on failure
 * @throws AuroraError BUG
 */
export function invariant(holds: boolean, what: string, state: () => object): asserts holds {
  if (holds) return;
  throw new AuroraError('BUG', `${what}: ${JSON.stringify(state())}`, {
    next: 'report this with the lines of the log before it',
  });
}
