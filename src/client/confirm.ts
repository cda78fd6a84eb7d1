import { AuroraError } from '../base/errors.ts';
import type { Session } from './session.ts';

/**
 * Asks a person before what cannot be undone. Scripts are never asked: without a terminal, with `--json` and in CI the
 * command goes on. `question` is called only when it will be shown, since it counts what will be touched; without one there
 * is nothing to ask about. Throws COMMAND_FAILED when the answer is no.
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

/** Asks before hosts are drained whatever the policies of their tasks say. */
export const confirmForcedDrain = (session: Session, hosts: readonly string[], yes: boolean): Promise<void> =>
  confirm(session, {
    yes,
    question: async () =>
      `All tasks of ${counted(hosts.length, 'host')} will be moved at once, whatever their policies say. Go on?`,
  });
