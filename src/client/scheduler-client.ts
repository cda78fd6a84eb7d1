import {
  type CallArgs,
  type CallName,
  callOf,
  encodeBinaryMessage,
  type Message,
  openBinaryMessage,
  type Wire,
} from '../api/index.ts';
import { sleep } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { accessTo } from './access.ts';
import { type Cluster, clusterNamed, loadClusters, misspelled } from './clusters.ts';
import { joinedMessages } from './response.ts';
import type { Session } from './session.ts';
import { postThrift } from './transport.ts';

/** The scheduler of one cluster, as commands call it. */
export interface SchedulerClient {
  readonly cluster: string;
  /**
   * Makes a call that does no harm when it is carried out twice. After a network failure it is tried again, for ten
   * minutes or as long as `limits` says, unless waiting cannot help. Throws TIMEOUT, NETWORK, AUTH, UNKNOWN,
   * INTERRUPTED; a refusal by the scheduler is returned as an answer.
   */
  query<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'>>;
  /**
   * Like `query`, for calls that the original's scheduler lacks; undefined when the scheduler does not know the call.
   */
  queryIfKnown<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'> | undefined>;
  /** Makes a call that must not be carried out twice: it is not repeated after a network failure. */
  once<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'>>;
  /** The address of the leading scheduler. Throws CONFIG and NETWORK. */
  leader(): Promise<string>;
  /** Makes the next call look for the leader again, if it is found through ZooKeeper. */
  forgetLeader(): void;
  /**
   * The address of the scheduler's page about a role, an environment or a job; undefined when it cannot be determined.
   */
  page(...parts: readonly string[]): Promise<string | undefined>;
}

/** Source: the original's SchedulerProxy. Scripts rely on 120 attempts in ten minutes unless they set other limits. */
const RETRY_INTERVAL_MS = 5_000;
const RETRY_LIMIT_MS = 600_000;

/** The outcome of one attempt. After `again` any call may be repeated, because the scheduler did nothing. */
type Attempt =
  | { readonly kind: 'response'; readonly response: Wire<'Response'> }
  | { readonly kind: 'unknown-call' }
  | { readonly kind: 'again' | 'failed'; readonly text: string };

/** A client for the cluster of that name. Throws UNKNOWN_CLUSTER and CONFIG. */
export const schedulerOf = (session: Session, cluster: string): SchedulerClient =>
  schedulerClient(session, clusterNamed(loadClusters(session), cluster));

/** A client for a cluster; it connects at the first call. */
export function schedulerClient(session: Session, cluster: Cluster): SchedulerClient {
  const { clock, log, signal } = session;
  const { retryForMs = RETRY_LIMIT_MS, callTimeoutMs } = session.limits ?? {};
  const access = accessTo(cluster, session.env);
  let leader: string | undefined;

  async function attempt<M extends CallName>(method: M, args: CallArgs<M>, number: number): Promise<Attempt> {
    try {
      leader ??= await leaderOf(session, cluster);
    } catch (error) {
      if (error instanceof AuroraError && error.code === 'NETWORK')
        return { kind: 'again', text: error.message };
      throw error;
    }
    log.debug({}, `${method} to ${leader}, attempt ${number}`);
    const posted = await postThrift(`${new URL('api', leader)}`, encodeBinaryMessage(callOf(method, args)), {
      ...session,
      access,
      callTimeoutMs,
    });
    if (posted.kind === 'failed') return posted;
    if (posted.kind === 'hopeless') throw new AuroraError('NETWORK', posted.text, { next: posted.next });
    if (posted.kind === 'unauthorised') {
      throw new AuroraError('AUTH', posted.text, { next: posted.next });
    }
    const response = responseIn(posted.body, method, cluster.name);
    if (!response) return { kind: 'unknown-call' };
    return response.responseCode === 'ERROR_TRANSIENT'
      ? { kind: 'again', text: joinedMessages(response) }
      : { kind: 'response', response };
  }

  async function call<M extends CallName>(method: M, args: CallArgs<M>, repeatable: boolean) {
    const startMs = clock.monotonicMs();
    let last = '';
    for (let number = 1; number === 1 || clock.monotonicMs() - startMs < retryForMs; number++) {
      const result = await attempt(method, args, number);
      if (result.kind === 'response') return result.response;
      if (result.kind === 'unknown-call') return undefined;
      if (result.kind === 'failed' && !repeatable) {
        throw new AuroraError('NETWORK', `${method} may or may not have been carried out: ${result.text}`, {
          next: 'look at the job before you try again',
        });
      }
      // A line for each attempt, as the original has it; the first one says how long this may go on.
      const what = `the scheduler of ${cluster.name} cannot be reached: ${result.text}; trying again`;
      log.warn({}, number === 1 ? `${what} for up to ${limitText(retryForMs)}` : what);
      leader = cluster.zk ? undefined : leader;
      last = result.text;
      if (clock.monotonicMs() - startMs + RETRY_INTERVAL_MS > retryForMs) break;
      await sleep(clock, RETRY_INTERVAL_MS, signal);
    }
    throw new AuroraError(
      'TIMEOUT',
      `gave up on ${method} after ${limitText(retryForMs)}: ${cluster.name} does not answer${session.limits?.retryForMs === undefined ? '' : `: ${last}`}`,
      { next: `see whether its scheduler is up, with 'aurora cluster check ${cluster.name}'` },
    );
  }

  async function known<M extends CallName>(method: M, args: CallArgs<M>, repeatable: boolean) {
    const response = await call(method, args, repeatable);
    if (response) return response;
    throw new AuroraError(
      'UNKNOWN',
      `${cluster.name} answered ${method} with an exception: it has no such call`,
      {
        next: 'see whether its scheduler is new enough',
      },
    );
  }

  return {
    cluster: cluster.name,
    query: (method, args) => known(method, args, true),
    queryIfKnown: (method, args) => call(method, args, true),
    once: (method, args) => known(method, args, false),
    async leader() {
      leader ??= await leaderOf(session, cluster);
      return leader;
    },
    forgetLeader() {
      leader = cluster.zk ? undefined : leader;
    },
    async page(...parts) {
      leader ??= await leaderOf(session, cluster);
      const base = (cluster.zk && cluster.proxyUrl) || leader;
      return `${new URL(['scheduler', ...parts].map(encodeURIComponent).join('/'), base)}`;
    },
  };
}

const limitText = (ms: number): string => (ms === RETRY_LIMIT_MS ? 'ten minutes' : `${ms / 1000} s`);

/** The address of the leading scheduler. Throws CONFIG when the cluster does not say how to find it, and NETWORK. */
async function leaderOf(session: Session, cluster: Cluster): Promise<string> {
  if (cluster.zk) {
    const { findLeader } = await import('./leader.ts');
    return findLeader(session, cluster);
  }
  if (cluster.schedulerUri && URL.canParse(cluster.schedulerUri)) return cluster.schedulerUri;
  const what = cluster.schedulerUri
    ? 'a scheduler_uri that is no URL'
    : `neither zk nor scheduler_uri${misspelled(cluster)}`;
  throw new AuroraError('CONFIG', `cluster ${cluster.name} has ${what}`, {
    next: 'add "scheduler_uri": "http://HOST:PORT" to its entry in clusters.json',
  });
}

/**
 * Decodes the answer in a body; undefined when the scheduler does not know the call. Throws UNKNOWN for anything else.
 */
function responseIn(body: Uint8Array, method: string, cluster: string): Wire<'Response'> | undefined {
  const strange = (text: string) =>
    new AuroraError('UNKNOWN', `${cluster} answered ${method} with ${text}`, {
      next: 'see whether scheduler_uri is that of a scheduler',
    });
  let message: Message;
  try {
    message = openBinaryMessage(body).read();
  } catch (error) {
    throw strange(`something that is no Thrift message: ${messageOf(error)}`);
  }
  if (message.kind === 'reply' && message.method === method) return message.response;
  if (message.kind === 'exception' && message.type === 'UNKNOWN_METHOD') return undefined;
  throw strange(
    message.kind === 'exception'
      ? `an exception: ${message.message ?? message.type}`
      : `a ${message.kind} to ${message.method}`,
  );
}
