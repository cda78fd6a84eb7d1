import { AuroraError } from './errors.ts';

/**
 * Ends what is under way when something does not hold that always must: a broken state that goes on is found hours later,
 * far from its cause. For conditions that cost nothing to look at; they stay on in production.
 * @param state of the thing, worked out only when it is broken; goes into the message.
 * @throws AuroraError BUG
 */
export function invariant(holds: boolean, what: string, state: () => object): asserts holds {
  if (holds) return;
  throw new AuroraError('BUG', `${what}: ${JSON.stringify(state())}`, {
    next: 'report this with the lines of the log before it',
  });
}
