import { type BackoffLimits, nextBackoff } from '../base/backoff.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { MasterAddress, MasterDetector } from './detector.ts';
import { type Connect, nameOf } from './http/target.ts';
import { type JudgingLane, judgingLane, type Settled } from './judging-lane.ts';
import type { FrameworkInfo, SchedulerCall, SchedulerEvent } from './messages/types.ts';
import { SCHEDULER_CODECS } from './scheduler-codec.ts';
import {
  type CallEndpoint,
  openSubscription,
  type Subscription,
  type SubscriptionEnd,
} from './subscription.ts';

export interface SchedulerDriverOptions {
  readonly detector: MasterDetector;
  /** If it has an `id`, the framework of that id is taken over from whoever holds it. */
  readonly frameworkInfo: FrameworkInfo;
  /** Roles that start without offers; called at every subscription. */
  readonly suppressedRoles?: (() => readonly string[]) | undefined;
  /**
   * Omits `executor_ids` from offers, since they grow with the tasks of an agent, and splits a large OFFERS record into
   * several events, so that it does not block the event loop; default false.
   */
  readonly slimOffers?: boolean | undefined;
  /** Default `json`. */
  readonly encoding?: keyof typeof SCHEDULER_CODECS | undefined;
  /** HTTP Basic; the principal must be that of FrameworkInfo. Sent to every master that the detector or a redirect names. */
  readonly credentials?: { readonly principal: string; readonly secret: string } | undefined;
  /** Opens encrypted connections to masters, which are then spoken to over https; undefined means http. */
  readonly connect?: Connect | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /**
   * Called with every record except ERROR, in order, including SUBSCRIBED and HEARTBEAT. Called synchronously; must not
   * throw. Each SUBSCRIBED voids the offers of earlier subscriptions.
   */
  readonly on: (event: SchedulerEvent) => void;
  /**
   * While it returns true, events wait: the connection is not read, so that they wait at the master and not here. It is asked
   * again at every turn, and must become false by itself. Default: never.
   */
  readonly isBusy?: (() => boolean) | undefined;
  /** Called before every SUBSCRIBE. */
  readonly onSubscribing?: (() => void) | undefined;
  /**
   * Called once for every lost subscription, also when calls were lost, since nobody knows whether they arrived; the driver
   * is about to subscribe again by itself.
   */
  readonly onDisconnected?: ((reason: string) => void) | undefined;
  /**
   * The framework cannot continue: an ERROR record (another scheduler took over the id, the framework was removed, its
   * FrameworkInfo is not allowed), a refused SUBSCRIBE, or a framework id other than the requested one. The driver has
   * stopped.
   */
  readonly onError: (message: string) => void;
  /** Pauses between attempts to subscribe; default 500 ms to 15 s. */
  readonly backoff?: BackoffLimits | undefined;
  /** Time limit for the answer to SUBSCRIBE, and again for its first record; default 15 s. */
  readonly subscribeTimeoutMs?: number | undefined;
  /** How long the master may say nothing while other calls wait for their answers; default 30 s. */
  readonly callTimeoutMs?: number | undefined;
}

export interface SchedulerDriver {
  /** Finds the master and subscribes; repeats that until `stop` or a fatal error. */
  start(): void;
  /**
   * Sends a call other than SUBSCRIBE; the driver adds the framework id. Calls arrive in order, except ACKNOWLEDGE and
   * ACKNOWLEDGE_OPERATION_STATUS, which have a connection of their own. Resolves when the master has accepted the call
   * (202, or 200 for UPDATE_FRAMEWORK), which only says that it was well formed.
   * @throws AuroraError MESOS (as a rejection): not subscribed; no answer; or refused, see `refusalOf`
   */
  send(call: SchedulerCall): Promise<void>;
  /**
   * The same without a promise, for calls of which thousands wait for their answers. `settled` is called once, after this has
   * returned, with the error or without one; it must not throw.
   */
  post(call: SchedulerCall, settled: Settled): void;
  /** Whether there is a subscription: true from SUBSCRIBED to the subscription's end. */
  subscribed(): boolean;
  /** Disconnects from the master, which keeps the framework for its failover timeout. Leaves nothing open. */
  stop(): Promise<void>;
}

const DEFAULT_BACKOFF: BackoffLimits = { initialMs: 500, maxMs: 15_000 };
const SUBSCRIBE_TIMEOUT_MS = 15_000;
const CALL_TIMEOUT_MS = 30_000;

/** A subscription that has got its SUBSCRIBED, and the connections for its calls. */
interface Session {
  readonly endpoint: CallEndpoint;
  readonly id: { readonly value: string };
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ordered: JudgingLane;
  readonly acknowledgements: JudgingLane;
}

const isAcknowledgement = (call: SchedulerCall) => call.type?.startsWith('ACKNOWLEDGE') ?? false;

/**
 * A framework's side of Mesos' v1 scheduler API: one long-lived connection for events and two for calls, all dropped
 * together, also when calls are lost. It waits while no master is known. When the detector merely loses sight of the master,
 * the stream is kept as long as it lives; when another master leads, it is dropped.
 */
export function schedulerDriver(options: SchedulerDriverOptions): SchedulerDriver {
  const { clock, random, log } = options;
  const codec = SCHEDULER_CODECS[options.encoding ?? 'json'];
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const { credentials } = options;
  const secret =
    credentials && Buffer.from(`${credentials.principal}:${credentials.secret}`).toString('base64');
  const authorization: Record<string, string> = secret ? { Authorization: `Basic ${secret}` } : {};

  let frameworkInfo = options.frameworkInfo;
  let running = false;
  let leader: MasterAddress | undefined;
  let subscription: Subscription | undefined;
  let session: Session | undefined;
  let retry: Timer | undefined;
  let lastWaitMs = 0;
  let unwatch: (() => Promise<void>) | undefined;

  /** Drops all connections; tells the owner if there was a subscription. */
  function drop(reason: string) {
    retry?.cancel();
    subscription?.close();
    subscription = undefined;
    const lost = session;
    session = undefined;
    lost?.ordered.close();
    lost?.acknowledgements.close();
    if (!lost) return;
    log.warn({ reason, master: nameOf(lost.endpoint.master) }, 'lost the subscription to the Mesos master');
    options.onDisconnected?.(reason);
  }

  function fail(message: string) {
    log.error({ message }, 'the Mesos master ended this framework');
    running = false;
    drop(message);
    void unwatch?.();
    options.onError(message);
  }

  function onEnd(end: SubscriptionEnd) {
    if (end.fatal) return fail(end.reason);
    drop(end.reason);
    if (!running) return;
    lastWaitMs = nextBackoff(backoff, lastWaitMs, random);
    log.info({ reason: end.reason, waitMs: lastWaitMs }, 'subscribing again after a pause');
    retry = clock.after(lastWaitMs, subscribe);
  }

  function begin(endpoint: CallEndpoint, frameworkId: string) {
    const asked = frameworkInfo.id?.value;
    if (asked && asked !== frameworkId)
      return fail(`subscribed as framework ${frameworkId} instead of ${asked}`);
    frameworkInfo = { ...frameworkInfo, id: { value: frameworkId } };
    lastWaitMs = 0;
    const timeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
    const where = nameOf(endpoint.master);
    session = {
      endpoint,
      id: { value: frameworkId },
      headers: {
        ...authorization,
        'Content-Type': codec.contentType,
        Accept: codec.contentType,
        'Mesos-Stream-Id': endpoint.streamId,
      },
      // Offers whose ACCEPT or DECLINE was lost would be held by nobody: the master believes that we have them. A new
      // subscription voids all offers and every lost call, for its stream has another id; Mesos' own library does so, too.
      ordered: judgingLane(where, {
        clock,
        timeoutMs,
        connect: options.connect,
        lost: (reason) => onEnd({ reason: `calls were lost: ${reason}`, fatal: false }),
      }),
      // What is not acknowledged is sent again by its agent.
      acknowledgements: judgingLane(where, { clock, timeoutMs, connect: options.connect }),
    };
    log.info({ master: nameOf(endpoint.master), frameworkId }, 'subscribed to the Mesos master');
  }

  function onEvent(event: SchedulerEvent, endpoint: CallEndpoint) {
    if (event.type === 'ERROR') return fail(event.error?.message ?? 'error without a message');
    if (event.type === 'SUBSCRIBED' && event.subscribed) begin(endpoint, event.subscribed.framework_id.value);
    if (running) options.on(event);
  }

  function subscribe() {
    if (!running || !leader) return;
    options.onSubscribing?.();
    const suppressed = options.suppressedRoles?.() ?? [];
    subscription = openSubscription({
      master: leader,
      subscribe: {
        ...(frameworkInfo.id ? { framework_id: frameworkInfo.id } : {}),
        type: 'SUBSCRIBE',
        subscribe: {
          framework_info: frameworkInfo,
          ...(suppressed.length > 0 ? { suppressed_roles: suppressed } : {}),
        },
      },
      codec,
      slimOffers: options.slimOffers ?? false,
      headers: authorization,
      connect: options.connect,
      clock,
      answerTimeoutMs: options.subscribeTimeoutMs ?? SUBSCRIBE_TIMEOUT_MS,
      isBusy: options.isBusy,
      onEvent,
      onEnd,
    });
  }

  function onLeader(found: MasterAddress | undefined) {
    if (!running) return;
    leader = found;
    if (!found) return log.warn({}, 'no leading Mesos master is known');
    const current = session?.endpoint.master;
    if (current?.host === found.host && current.port === found.port) return;
    drop(`another master leads: ${nameOf(found)}`);
    // Start with a short pause again: failures of the previous master say nothing about this one.
    lastWaitMs = 0;
    subscribe();
  }

  function post(call: SchedulerCall, settled: Settled) {
    const now = session;
    const type = String(call.type);
    if (!now) {
      queueMicrotask(() => settled(new AuroraError('MESOS', `${type} was not sent: not subscribed`)));
      return;
    }
    const { master, path } = now.endpoint;
    const lane = isAcknowledgement(call) ? now.acknowledgements : now.ordered;
    // The id comes first: V8 gives a copy that then gets a new member a hidden class of its own, which outlives the call.
    const body = codec.encode({ framework_id: now.id, ...call });
    const sent = { target: master, path, headers: now.headers, body };
    lane.post(sent, lane.judge(type, settled));
  }
  async function send(call: SchedulerCall): Promise<void> {
    const update = call.update_framework?.framework_info;
    const id = session?.id;
    await new Promise<void>((resolve, reject) => post(call, (error) => (error ? reject(error) : resolve())));
    if (update) frameworkInfo = { ...update, ...(id ? { id } : {}) };
  }

  return {
    start() {
      if (running) return;
      running = true;
      unwatch = options.detector.watch(onLeader);
    },
    send,
    post,
    subscribed: () => session !== undefined,
    async stop() {
      running = false;
      retry?.cancel();
      subscription?.close();
      session?.ordered.close();
      session?.acknowledgements.close();
      subscription = undefined;
      session = undefined;
      await unwatch?.();
    },
  };
}
