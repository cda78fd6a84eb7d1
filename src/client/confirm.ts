import { AuroraError } from '../base/errors.ts';
import type { Session } from './session.ts';

/**
 * Asks the user to confirm an action that cannot be undone. Scripts are never asked: without a terminal, with `--json`
 * and in CI the command goes on. `question` is only called when the question will be shown, because it may have to
 * count what is affected; when it returns nothing, nothing is asked. Throws COMMAND_FAILED when the answer is no.
 */
export async function confirm(
  { asker }: Session,
  { yes, question }: { readonly yes: boolean; readonly question: () => Promise<string | undefined> },
): Promise<void> {
  const ask = yes ? undefined : await asker?.();
  if (!ask) return;
  const text = await question();
  if (text === undefined || (await ask(text))) return;
  throw new AuroraError('COMMAND_FAILED', 'not confirmed: nothing was done', { next: '--yes asks nothing' });
}

/** `1 task`, `2 tasks`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Asks before draining hosts regardless of their tasks' SLA policies. */
export const confirmForcedDrain = (session: Session, hosts: readonly string[], yes: boolean): Promise<void> =>
  confirm(session, {
    yes,
    question: async () =>
      `All tasks of ${counted(hosts.length, 'host')} will be moved at once, whatever their policies say. Go on?`,
  });
