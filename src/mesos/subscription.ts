/** One attempt to subscribe a framework: from the first SUBSCRIBE, through redirects, to the end of the stream. */
import type { Clock } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { MasterAddress } from './detector.ts';
import { type EventStream, openEventStream, type StreamEnd } from './http/event-stream.ts';
import { type Answer, type Connect, nameOf } from './http/target.ts';
import type { SchedulerCall, SchedulerEvent } from './messages/types.ts';
import type { SchedulerCodec } from './scheduler-codec.ts';

/** Where the calls of a subscription are sent. */
export interface CallEndpoint {
  readonly master: MasterAddress;
  readonly path: string;
  /** Value of the header Mesos-Stream-Id. */
  readonly streamId: string;
}

/** Why a subscription ended; `fatal` means that another attempt would get the same answer. */
export interface SubscriptionEnd {
  readonly reason: string;
  readonly fatal: boolean;
}

export interface SubscriptionOptions {
  readonly master: MasterAddress;
  readonly subscribe: SchedulerCall;
  readonly codec: SchedulerCodec;
  /** See SchedulerDriverOptions. */
  readonly slimOffers: boolean;
  /** Sent with every request; holds the credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Opens encrypted connections; undefined when masters are spoken to over http. */
  readonly connect?: Connect | undefined;
  readonly clock: Clock;
  readonly answerTimeoutMs: number;
  /** See SchedulerDriverOptions. */
  readonly isBusy?: (() => boolean) | undefined;
  /** Called with each record and the endpoint for calls that answer it. */
  readonly onEvent: (event: SchedulerEvent, endpoint: CallEndpoint) => void;
  /** Called once, but never after `close`. */
  readonly onEnd: (end: SubscriptionEnd) => void;
}

const PATH = '/api/v1/scheduler';
const DEFAULT_PORTS = { http: 80, https: 443 } as const;
const MAX_REDIRECTS = 5;
/** The connection counts as dead after this many missed heartbeats. */
const MISSED_HEARTBEATS = 5;
/**
 * Whether an answer to SUBSCRIBE may change soon: the endpoint is not there yet, the master recovers or is overloaded.
 * Source: golden/mesos facts 27, 32, 43.
 */
const mayChange = (status: number): boolean =>
  status === 404 || status === 408 || status === 429 || status >= 500;

/** Resolves a redirect (`Location: //host:port/path`); it may not lead from https to http, or the other way. */
function redirectTarget(
  answer: Answer,
  from: MasterAddress,
  scheme: 'http' | 'https',
): { master: MasterAddress; path: string } | undefined {
  const location = answer.headers.location;
  if (answer.status !== 307 || typeof location !== 'string') return undefined;
  try {
    const url = new URL(location, `${scheme}://${nameOf(from)}`);
    if (url.protocol !== `${scheme}:`) return undefined;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return { master: { host, port: Number(url.port || DEFAULT_PORTS[scheme]) }, path: url.pathname };
  } catch {
    return undefined;
  }
}

/** After SUBSCRIBED one record offers all agents; five thousand full ones take about a hundred megabytes. */
const MAX_RECORD_BYTES = 512 * 2 ** 20;

export interface Subscription {
  close(): void;
}

export function openSubscription(options: SubscriptionOptions): Subscription {
  const { codec, clock } = options;
  // Copied: the bytes are valid until the next call, but a redirect needs them again.
  const encoded = codec.encode(options.subscribe);
  const body = typeof encoded === 'string' ? encoded : Uint8Array.from(encoded);
  let stream: EventStream;
  let endpoint: CallEndpoint | undefined;

  const onEvent = (event: SchedulerEvent) => {
    const intervalSeconds = event.subscribed?.heartbeat_interval_seconds;
    if (intervalSeconds) stream.expectEvery(intervalSeconds * 1_000 * MISSED_HEARTBEATS);
    options.onEvent(event, endpoint as CallEndpoint);
  };
  const onEnd = (end: StreamEnd, from: MasterAddress, redirects: number) => {
    if (end.kind === 'lost') return options.onEnd({ reason: end.reason, fatal: false });
    const target = redirectTarget(end.answer, from, options.connect ? 'https' : 'http');
    if (target && redirects < MAX_REDIRECTS) return connect(target.master, target.path, redirects + 1);
    const { status, text } = end.answer;
    const fatal = status !== 307 && !mayChange(status);
    options.onEnd({ reason: `SUBSCRIBE was refused with ${status}: ${text || 'no text'}`, fatal });
  };
  function connect(master: MasterAddress, path: string, redirects: number) {
    const headers = { ...options.headers, 'Content-Type': codec.contentType, Accept: codec.contentType };
    stream = openEventStream({
      post: { target: master, path, headers, body },
      connect: options.connect,
      clock,
      answerTimeoutMs: options.answerTimeoutMs,
      onOpen(answerHeaders) {
        const streamId = answerHeaders['mesos-stream-id'];
        if (typeof streamId !== 'string')
          throw new AuroraError('MESOS', 'the answer to SUBSCRIBE has no Mesos-Stream-Id', {
            where: nameOf(master),
            next: 'check that this is a Mesos master',
          });
        endpoint = { master, path, streamId };
      },
      isBusy: options.isBusy,
      maxRecordBytes: MAX_RECORD_BYTES,
      decode: options.slimOffers ? codec.slimDecoder() : codec.decoder(),
      onEvent,
      onEnd: (end) => onEnd(end, master, redirects),
    });
  }

  connect(options.master, PATH, 0);
  return { close: () => stream.close() };
}
