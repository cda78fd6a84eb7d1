export { decodeStruct, unknownParts } from './binary/decode.ts';
export { encodeStruct } from './binary/encode.ts';
export { encodeBinaryMessage, openBinaryMessage } from './binary/message.ts';
export { type CodecError, type CodecErrorKind, codecErrorKind } from './codec-error.ts';
export * from './constants.ts';
export * from './i64.ts';
export { lasting } from './lasting.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export {
  type Call,
  callOf,
  type Envelope,
  type Exception,
  type ExceptionType,
  type Message,
  type Reply,
} from './message.ts';
export { decodeMessage, encodeMessage, openMessage, type Protocol } from './messages.ts';
export type * from './names.ts';
export { normalise } from './normalise.ts';
export { withResources } from './old-resources.ts';
export { decodePlain, decodePlainArgs } from './plain/decode.ts';
export { encodePlain } from './plain/encode.ts';
export { simpleJson } from './simple-json.ts';
export { TYPES } from './tables/all.ts';
export { CALLS, isReadCall } from './tables/calls.ts';
export { ENUMS } from './tables/enums.ts';
export { isCallName } from './tables/lookup.ts';
export { decodeTJson } from './tjson/decode.ts';
export { encodeTJson } from './tjson/encode.ts';
export type * from './types.ts';
