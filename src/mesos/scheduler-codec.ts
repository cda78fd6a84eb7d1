import type { SchedulerCall, SchedulerEvent } from './messages/types.ts';
import { parseProtobuf, toProtobuf } from './protobuf/codec.ts';

/** How calls and events of one framework are written. */
export interface SchedulerCodec {
  readonly contentType: string;
  readonly encode: (call: SchedulerCall) => Uint8Array;
  readonly decode: (record: Buffer) => SchedulerEvent;
}

/** Both encodings that a master speaks. */
export const SCHEDULER_CODECS = {
  json: {
    contentType: 'application/json',
    encode: (call) => Buffer.from(JSON.stringify(call)),
    decode: (record) => JSON.parse(record.toString('utf8')) as SchedulerEvent,
  },
  protobuf: {
    contentType: 'application/x-protobuf',
    encode: (call) => toProtobuf('SchedulerCall', call),
    decode: (record) => parseProtobuf('SchedulerEvent', record),
  },
} as const satisfies Record<string, SchedulerCodec>;
