import { encodeBinaryMessage, openBinaryMessage } from './binary/message.ts';
import type { Limits } from './limits.ts';
import type { Envelope, Message } from './message.ts';
import { encodeTJsonMessage, openTJsonMessage } from './tjson/message.ts';

/** The two Thrift encodings of /api. */
export type Protocol = 'binary' | 'json';

/** Encodes a message: the whole body of an HTTP request or response. */
export const encodeMessage = (message: Message, protocol: Protocol): Uint8Array =>
  protocol === 'binary' ? encodeBinaryMessage(message) : Buffer.from(encodeTJsonMessage(message));

/** Reads method, seqid and kind of a message; `read` decodes its body. */
export const openMessage = (bytes: Uint8Array, protocol: Protocol, limits?: Partial<Limits>): Envelope =>
  protocol === 'binary' ? openBinaryMessage(bytes, limits) : openTJsonMessage(bytes, limits);

/** Reads a whole message. Throws a CODEC error when any part is damaged or the method is unknown. */
export const decodeMessage = (bytes: Uint8Array, protocol: Protocol, limits?: Partial<Limits>): Message =>
  openMessage(bytes, protocol, limits).read();
