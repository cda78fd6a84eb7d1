import { callJson } from './call-json.ts';
import type { DecodePart } from './http/event-turns.ts';
import type { Offer, SchedulerCall, SchedulerEvent } from './messages/types.ts';
import { offerParts } from './offer-parts.ts';
import { offersOf } from './offer-records.ts';
import { parseProtobuf, toProtobuf } from './protobuf/codec.ts';
import { wholeRecords } from './recordio.ts';

/** Encodes the calls and decodes the events of one framework. */
export interface SchedulerCodec {
  readonly contentType: string;
  /** Text stands for its UTF-8 bytes. Bytes are valid until the next call is encoded. */
  readonly encode: (call: SchedulerCall) => Uint8Array | string;
  /** What decodes the records of one stream. */
  readonly decoder: () => DecodePart<SchedulerEvent>;
  /** Like `decoder`, but splits large OFFERS into several events and omits the ids of executors. */
  readonly slimDecoder: () => DecodePart<SchedulerEvent>;
}

/** Number of full offers that take about a millisecond to read. */
const OFFERS_OF_AN_EVENT = 25;

function* inParts(offers: Iterable<Offer>): Generator<SchedulerEvent, undefined> {
  let some: Offer[] = [];
  for (const offer of offers) {
    some.push(offer);
    if (some.length < OFFERS_OF_AN_EVENT) continue;
    yield { type: 'OFFERS', offers: { offers: some } };
    some = [];
  }
  if (some.length > 0) yield { type: 'OFFERS', offers: { offers: some } };
}

const jsonEvent = (record: Buffer) => JSON.parse(record.toString('utf8')) as SchedulerEvent;
const protobufEvent = (record: Buffer) => parseProtobuf('SchedulerEvent', record);

function slimJsonEvent(record: Buffer): SchedulerEvent | Iterator<SchedulerEvent> {
  const offers = offersOf(record);
  return offers ? inParts(offers) : jsonEvent(record);
}

function slimProtobufEvent(record: Buffer): SchedulerEvent | Iterator<SchedulerEvent> {
  const event = protobufEvent(record);
  const offers = event.offers?.offers;
  return offers ? inParts(offers.map(({ executor_ids: _ids, ...offer }) => offer)) : event;
}

function slimJsonDecoder(): DecodePart<SchedulerEvent> {
  const read = offerParts();
  return (part) => {
    const { offers, record } = read(part);
    if (offers) return inParts(offers);
    return record?.length ? slimJsonEvent(record) : undefined;
  };
}

/** The two encodings that a master speaks. */
export const SCHEDULER_CODECS = {
  json: {
    contentType: 'application/json',
    encode: callJson,
    decoder: () => wholeRecords(jsonEvent),
    slimDecoder: slimJsonDecoder,
  },
  protobuf: {
    contentType: 'application/x-protobuf',
    encode: (call) => toProtobuf('SchedulerCall', call),
    decoder: () => wholeRecords(protobufEvent),
    slimDecoder: () => wholeRecords(slimProtobufEvent),
  },
} as const satisfies Record<string, SchedulerCodec>;
