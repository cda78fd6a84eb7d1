import type { Wire } from '../api/index.ts';
import { silentLogger } from '../base/log.ts';
import { joinedMessages } from './response.ts';
import type { Session } from './session.ts';

/**
 * Tells what the scheduler answered to a call of the administrator; whether it was OK.
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

/** The session of a command that is to keep quiet about what it does. */
export const quietSession = (session: Session): Session => ({ ...session, log: silentLogger });

/** Exit code of every admin command that failed. Source: the original's admin client. */
export const ADMIN_FAILED = 1;

/** The exit code for an answer, which is told. */
export const answerCode = (session: Session, response: Wire<'Response'>): number =>
  tellAnswer(session, response) ? 0 : ADMIN_FAILED;
