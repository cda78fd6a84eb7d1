import type { Context, Hono } from 'hono';
import { codecErrorKind, type Envelope, type Message, openMessage, type Protocol } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { Caller, CallerEnv } from './caller.ts';
import type { Denials } from './denials.ts';
import { messageBody } from './large-reply.ts';
import { replyProtocol, replyType, requestProtocol } from './negotiation.ts';
import type { GuardedDispatch } from './rpc/guarded.ts';

/**
 * For a body that is not a Thrift message: without its envelope there is no Thrift reply. The status 500 is the
 * original's.
 */
const unreadable = (c: Context, what: string) => c.text(`The request could not be read: ${what}\n`, 500);

function exception(envelope: Envelope, error: unknown): Message {
  const { method, seqid } = envelope;
  return codecErrorKind(error) === 'unknown-method'
    ? {
        kind: 'exception',
        method,
        seqid,
        type: 'UNKNOWN_METHOD',
        message: `Invalid method name: '${method}'`,
      }
    : { kind: 'exception', method, seqid, type: 'PROTOCOL_ERROR', message: messageOf(error) };
}

/** The reply to a message, or the call itself when it needs credentials and has none. */
async function replyTo(envelope: Envelope, dispatch: GuardedDispatch, caller: Caller): Promise<Message> {
  let message: Message;
  try {
    message = envelope.read();
  } catch (error) {
    return exception(envelope, error);
  }
  if (message.kind !== 'call' && message.kind !== 'oneway') {
    const { method, seqid } = envelope;
    const text = `Invalid message type: a ${message.kind} is not a call`;
    return { kind: 'exception', method, seqid, type: 'INVALID_MESSAGE_TYPE', message: text };
  }
  const response = await dispatch(message, caller);
  if (response === 'unauthenticated') return message;
  return { kind: 'reply', method: message.method, seqid: message.seqid, response };
}

async function serve(c: Context<CallerEnv>, dispatch: GuardedDispatch, denials: Denials): Promise<Response> {
  const contentType = c.req.header('Content-Type');
  const protocol: Protocol | 'unsupported' | 'unreadable' = requestProtocol(contentType);
  if (protocol === 'unsupported') return c.text(`Unsupported Content-Type: ${contentType}`, 415);
  if (protocol === 'unreadable') return unreadable(c, 'its Content-Type is not a media type');
  let envelope: Envelope;
  try {
    envelope = openMessage(new Uint8Array(await c.req.arrayBuffer()), protocol);
  } catch (error) {
    return unreadable(c, messageOf(error));
  }
  const reply = await replyTo(envelope, dispatch, c.get('caller'));
  if (reply.kind === 'call' || reply.kind === 'oneway') return denials.anonymous(c, c.get('caller'), reply);
  const answer = replyProtocol(c.req.header('Accept'));
  return c.body(messageBody(reply, answer) as Uint8Array<ArrayBuffer>, 200, {
    'Content-Type': replyType(answer),
  });
}

/** Serves Thrift at /api. GET is accepted as in the original, but fails because it has no body. */
export function thriftRoute(app: Hono<CallerEnv>, dispatch: GuardedDispatch, denials: Denials): void {
  app.on(['GET', 'POST'], '/api', (c) => serve(c, dispatch, denials));
  app.on('OPTIONS', '/api', (c) => c.body(null, 200, { Allow: 'GET, HEAD, OPTIONS, POST' }));
  app.all('/api', (c) => c.text('Method Not Allowed\n', 405, { Allow: 'GET, HEAD, OPTIONS, POST' }));
}
