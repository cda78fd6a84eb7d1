import { AuroraError, messageOf } from '../../base/errors.ts';
import type { HttpCheckConfig } from './config.ts';
import { type LocalAnswer, localRequest } from './local-request.ts';

const MOST_REDIRECTS = 3;
/** Bytes; longer bodies are cut, since no expected text is that long. */
const LONGEST_BODY = 64 * 1024;
const SHOWN = 10;

const short = (value: string): string => (value.length > SHOWN ? `${value.slice(0, SHOWN - 3)}...` : value);

/**
 * Path that a redirect leads to; undefined when the answer is no redirect.
 * @throws AuroraError EXECUTOR for a redirect to another host or port: its answer would not be the task's
 */
function target(answer: LocalAnswer, port: number, from: string): string | undefined {
  if (answer.code < 300 || answer.code >= 400 || answer.location === undefined) return undefined;
  const base = new URL(`http://localhost:${port}${from}`);
  const to = URL.canParse(answer.location, base.href) ? new URL(answer.location, base) : undefined;
  if (
    to?.protocol === 'http:' &&
    to.port === base.port &&
    /^(localhost|127\.0\.0\.1|\[::1\])$/.test(to.hostname)
  )
    return `${to.pathname}${to.search}`;
  throw new AuroraError(
    'EXECUTOR',
    `the health check is redirected to ${answer.location}, which is not this port`,
  );
}

function judgement({ code, body }: LocalAnswer, { expectedResponse, expectedCode }: HttpCheckConfig) {
  if (expectedCode !== 0 && code !== expectedCode)
    return `the health check expected the code ${expectedCode}, got ${code}`;
  // The body of an error page never counts as the expected one, even where the job expects its status.
  if (expectedCode === 0 && code >= 400) return `the health check got the code ${code}`;
  if (expectedResponse === '') return undefined;
  const actual = code >= 400 ? '' : body.trim().toLowerCase();
  if (actual === expectedResponse.trim().toLowerCase()) return undefined;
  return `the health check expected the answer "${short(expectedResponse)}", got "${short(actual)}"`;
}

/**
 * Makes one HTTP check: a GET to the port on this machine, without a proxy. Redirects are followed while they stay at
 * the port. Without an expected status, 400 and up is a failure whatever the body.
 * @returns why the task is unhealthy, undefined when it is healthy
 */
export async function httpCheck(
  port: number,
  config: HttpCheckConfig,
  timeoutMs: number,
): Promise<string | undefined> {
  const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
  let path = config.endpoint;
  try {
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const answer = await localRequest({
        port,
        path,
        method: 'GET',
        signal: limit,
        longestBody: LONGEST_BODY,
      });
      const next = config.expectedCode === answer.code ? undefined : target(answer, port, path);
      if (next === undefined) return judgement(answer, config);
      path = next;
    }
    return `the health check was redirected more than ${MOST_REDIRECTS} times`;
  } catch (error) {
    if (limit.aborted) return `the health check was not answered within ${timeoutMs / 1000} s`;
    return error instanceof AuroraError ? error.message : `the health check failed: ${messageOf(error)}`;
  }
}
