import { codecError } from './codec-error.ts';
import { argumentsShape, type StructShape, typeShape, type UnionShape } from './shapes.ts';
import { isCallName } from './tables/lookup.ts';
import type { CallArgs, CallName, EnumValue, Wire, WireArgs } from './types.ts';

/** The types of an exception message. */
export type ExceptionType = EnumValue<'ApplicationExceptionType'>;

/** A decoded call of one of the methods; `switch (call.method)` narrows `call.args`. */
export type Call = { [M in CallName]: CallOf<M> }[CallName];

interface CallOf<M extends CallName> {
  readonly kind: 'call' | 'oneway';
  readonly method: M;
  readonly seqid: number;
  readonly args: WireArgs<M>;
}

export interface Reply {
  readonly kind: 'reply';
  readonly method: string;
  readonly seqid: number;
  readonly response: Wire<'Response'>;
}

export interface Exception {
  readonly kind: 'exception';
  readonly method: string;
  readonly seqid: number;
  readonly message?: string | undefined;
  /** UNKNOWN stands for unknown numbers, too. */
  readonly type: ExceptionType;
}

/** One Thrift message; an HTTP body is exactly one. */
export type Message = Call | Reply | Exception;

/**
 * A message whose envelope has been read. `read` decodes the body; it throws a CODEC error (`unknown-method` for a call
 * that no service offers), after which a server can still answer with this method and seqid.
 */
export interface Envelope {
  readonly kind: Message['kind'];
  readonly method: string;
  readonly seqid: number;
  read(): Message;
}

/** Makes a call whose arguments the compiler checks: `callOf('getJobs', { ownerRole: 'web' })`. */
export const callOf = <M extends CallName>(method: M, args: CallArgs<M>, seqid = 0): Call =>
  ({ kind: 'call', method, seqid, args }) as unknown as Call;

/** Kinds of messages, at the index of their number on the wire. */
export const KINDS = [undefined, 'call', 'reply', 'exception', 'oneway'] as const;

/** The kind with that number. */
export function kindOf(number: number): Message['kind'] {
  const kind = KINDS[number];
  if (!kind) throw codecError('bad-message-type', `no message has type ${number}`);
  return kind;
}

/** The shape of a message's body. */
export function bodyShape(kind: Message['kind'], method: string): StructShape | UnionShape {
  if (kind === 'reply') return typeShape('thrift.Reply');
  if (kind === 'exception') return typeShape('thrift.ApplicationException');
  if (!isCallName(method)) throw codecError('unknown-method', `no service offers ${method}`);
  return argumentsShape(method);
}

/** The body of a message to be written. */
export function bodyOf(message: Message): object {
  if (message.kind === 'reply') return { success: message.response };
  return message.kind === 'exception' ? { message: message.message, type: message.type } : message.args;
}

/** Makes a message from its envelope and its decoded body. */
export function messageOfBody(kind: Message['kind'], method: string, seqid: number, body: object): Message {
  if (kind === 'exception')
    return {
      type: 'UNKNOWN',
      ...(body as Wire<'thrift.ApplicationException'>),
      kind,
      method,
      seqid,
    } as Exception;
  if (kind !== 'reply') return { kind, method, seqid, args: body } as Call;
  const response = (body as Wire<'thrift.Reply'>).success;
  if (!response) throw codecError('missing-field', `the reply to ${method} holds no Response`);
  return { kind, method, seqid, response };
}
