import type { Wire } from '../api/index.ts';
import { silentLogger } from '../base/log.ts';
import { joinedMessages } from './response.ts';
import type { Session } from './session.ts';

/**
 * Logs what the scheduler answered to an administrator's call and returns whether it was OK.
 * Source: the line of the original's admin client, which scripts look for.
 */
export function tellAnswer({ give, log }: Session, response: Wire<'Response'>): boolean {
  give?.({
    responseCode: response.responseCode,
    messages: (response.details ?? []).map(({ message }) => message ?? 'Unknown error'),
  });
  log.info({}, `Response from scheduler: ${response.responseCode} (message: ${joinedMessages(response)})`);
  return response.responseCode === 'OK';
}

/** The session of a command that should not log what it does. */
export const quietSession = (session: Session): Session => ({ ...session, log: silentLogger });

/** The exit code of every admin command that fails. Source: the original's admin client. */
export const ADMIN_FAILED = 1;

/** Logs the answer and returns its exit code. */
export const answerCode = (session: Session, response: Wire<'Response'>): number =>
  tellAnswer(session, response) ? 0 : ADMIN_FAILED;
