import type { Wire } from '../api/index.ts';
import { AuroraError, type ErrorCode } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

/** All messages of an answer on one line; a detail without a text counts as an unknown error. */
export const joinedMessages = ({ details = [] }: Wire<'Response'>): string =>
  details.map(({ message }) => message ?? 'Unknown error').join(', ');

/** What a refusal says. */
export interface ResponseRefusal {
  /** The line before the scheduler's messages; default `Command failure:`. */
  readonly header?: string | undefined;
  /** Default API. */
  readonly code?: ErrorCode | undefined;
}

/**
 * Throws when the scheduler refused: header, then its messages on a line that begins with a tab, and for a job held by
 * an update what can be done. Messages of an accepted call go to the log.
 * Source: the original's header and tab, which scripts look for; WARNING is a refusal, too.
 */
export function requireOk(
  response: Wire<'Response'>,
  log: Logger,
  { header = 'Command failure:', code = 'API' }: ResponseRefusal = {},
): Wire<'Response'> {
  const messages = joinedMessages(response);
  if (response.responseCode === 'OK') {
    if (messages) log.info({}, messages);
    return response;
  }
  throw refusal(response, { header, code });
}

/** The error that a refused call ends in. */
export function refusal(
  response: Wire<'Response'>,
  { header = 'Command failure:', code = 'API' }: ResponseRefusal,
) {
  const messages = joinedMessages(response);
  const hint =
    response.responseCode === 'JOB_UPDATING_ERROR'
      ? "\n\tAn update holds this job: wait until it has ended, or end it with 'aurora update abort'."
      : '';
  return new AuroraError(code, `${header}${messages ? `\n\t${messages}` : ''}${hint}`);
}
