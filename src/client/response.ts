import type { Wire } from '../api/index.ts';
import { AuroraError, type ErrorCode } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

/** All messages of an answer joined on one line; a detail without a text is shown as an unknown error. */
export const joinedMessages = ({ details = [] }: Wire<'Response'>): string =>
  details.map(({ message }) => message ?? 'Unknown error').join(', ');

/** How to report a refusal. */
export interface ResponseRefusal {
  /** The line before the scheduler's messages. Default: `Command failure:`. */
  readonly header?: string | undefined;
  /** Default: API. */
  readonly code?: ErrorCode | undefined;
}

/**
 * Throws when the scheduler refused. The message consists of the header, the scheduler's messages on a line that begins
 * with a tab, and, for a job held by an update, advice. Messages of an accepted call are logged.
 * Source: the original's header and tab, which scripts look for; WARNING counts as a refusal.
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

/** The error for a refused call. */
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
