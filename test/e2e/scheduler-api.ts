/** Calls the schedulers of a cluster until one of them has answered, as a client does that must not give up. */
import { type ClientRequest, request } from 'node:http';
import {
  type CallArgs,
  type CallName,
  callOf,
  decodeMessage,
  encodeMessage,
  type Wire,
} from '../../src/api/index.ts';

const BINARY = 'application/vnd.apache.thrift.binary';
const ATTEMPT_MS = 3_000;
const PAUSE_MS = 20;
const LIMIT_MS = 60_000;

export interface Answer {
  readonly response: Wire<'Response'>;
  /**
   * True when an earlier attempt may have been carried out: its answer never came, or said so. ERROR_TRANSIENT and a
   * refused connection say that it was not, and the schedulers are held to it.
   */
  readonly repeated: boolean;
}

export interface SchedulerApi {
  /** The answer of whoever leads. @throws Error when nobody has answered in time. */
  call<M extends CallName>(method: M, args: CallArgs<M>): Promise<Answer>;
  /** As `call`, but never repeats what may have been carried out: undefined when that is so. */
  callOnce<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'> | undefined>;
}

interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Buffer;
}

function post(url: URL, body: Uint8Array, timeout: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': BINARY, Accept: BINARY, 'Content-Length': body.length };
    const options = { method: 'POST', headers, agent: false, timeout };
    const outgoing: ClientRequest = request(url, options, async (response) => {
      try {
        const parts: Buffer[] = [];
        for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
        const { location } = response.headers;
        resolve({ status: response.statusCode ?? 0, location, body: Buffer.concat(parts) });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

const DOUBTFUL = /may or may not have been carried out/;

/** Whether a scheduler says that it does not know what became of the call. */
const isDoubtful = ({ responseCode, details = [] }: Wire<'Response'>): boolean =>
  responseCode === 'ERROR' && details.some(({ message }) => DOUBTFUL.test(message ?? ''));

/** The response in a reply; undefined when whoever replied did nothing: no leader, or one that is not ready. */
function responseIn({ status, body }: Reply): Wire<'Response'> | undefined {
  if (status === 503) return undefined;
  if (status !== 200) throw new Error(`HTTP ${status}: ${body.toString().slice(0, 200)}`);
  const message = decodeMessage(body, 'binary');
  if (message.kind !== 'reply') throw new Error(`no reply: ${JSON.stringify(message)}`);
  return message.response.responseCode === 'ERROR_TRANSIENT' ? undefined : message.response;
}

/** @param attemptMs how long one scheduler may take to answer before another is asked. */
export function schedulerApi(ports: readonly number[], attemptMs = ATTEMPT_MS): SchedulerApi {
  let at = 0;
  const call = async <M extends CallName>(
    method: M,
    args: CallArgs<M>,
    once: boolean,
  ): Promise<Answer | undefined> => {
    const body = encodeMessage(callOf(method, args), 'binary');
    const endMs = performance.now() + LIMIT_MS;
    let repeated = false;
    let last = '';
    while (performance.now() < endMs) {
      const asked = at;
      const port = ports[asked % ports.length];
      try {
        let reply = await post(new URL(`http://127.0.0.1:${port}/api`), body, attemptMs);
        if (reply.status === 307 && reply.location !== undefined)
          reply = await post(new URL(reply.location), body, attemptMs);
        const response = responseIn(reply);
        if (response && !isDoubtful(response)) return { response, repeated };
        last = response?.details?.[0]?.message ?? `HTTP ${reply.status}`;
        repeated ||= response !== undefined;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        last = message;
        repeated ||= code !== 'ECONNREFUSED';
      }
      if (once && repeated) return undefined;
      // Of several callers that met the same silence only one moves on to the next scheduler.
      if (at === asked) at++;
      await new Promise((next) => setTimeout(next, PAUSE_MS));
    }
    throw new Error(`${method}: no answer within ${LIMIT_MS} ms, last: ${last}`);
  };
  return {
    call: async (method, args) => (await call(method, args, false)) as Answer,
    callOnce: async (method, args) => (await call(method, args, true))?.response,
  };
}
