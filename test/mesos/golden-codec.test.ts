import { AuroraError } from '../../src/base/errors.ts';
import {
  encodeRecord,
  type MessageName,
  parseJson,
  parseProtobuf,
  toJson,
  toProtobuf,
} from '../../src/mesos/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { recordReader } from '../harness/record-reader.ts';
import {
  apiOf,
  bytesOf,
  type Exchange,
  exchangesOf,
  type Scenario,
  type Step,
  scenarios,
  withNumbers,
} from './transcript.ts';

const test = suite('golden/mesos codecs');
const all = scenarios();

interface Case {
  readonly where: string;
  readonly name: MessageName;
  readonly step: Step;
  readonly exchange: Exchange;
}

const where = (scenario: Scenario, exchange: Exchange) => `${scenario.id} step ${exchange.at}`;

const apiExchanges = all.flatMap((scenario) =>
  exchangesOf(scenario).flatMap((exchange) => {
    const api = apiOf(exchange);
    return api ? [{ scenario, exchange, api }] : [];
  }),
);

const records: Case[] = apiExchanges.flatMap(({ scenario, exchange, api }) =>
  exchange.records.map(({ step }) => ({ where: where(scenario, exchange), name: api.event, step, exchange })),
);

const requests: Case[] = apiExchanges.flatMap(({ scenario, exchange, api }) =>
  exchange.requestBody
    ? [{ where: where(scenario, exchange), name: api.call, step: exchange.requestBody, exchange }]
    : [],
);

const isProtobuf = ({ step }: Case) => step.base64 !== undefined && step.json !== undefined;

test('every JSON record is written again in the recorded bytes', () => {
  const cases = records.filter((each) => !isProtobuf(each));
  for (const { where, name, step } of cases) {
    const text = toJson(name, step.json as never);
    assert.is(JSON.stringify(JSON.parse(text)), JSON.stringify(step.json), where);
    // A raw text differs by a digit that a double does not need.
    if (step.raw === undefined) assert.is(Buffer.byteLength(text), step.len, `${where}: ${text}`);
    assert.equal(parseJson(name, text), step.json, where);
  }
  assert.ok(cases.length > 1_000);
  count('golden/mesos JSON records written byte for byte', cases.length);
});

test('every protobuf record and request decodes to its JSON and encodes to its bytes', () => {
  const cases = [...records, ...requests].filter(isProtobuf);
  for (const { where, name, step } of cases) {
    const bytes = bytesOf(step);
    const message = parseProtobuf(name, bytes);
    assert.equal(message, withNumbers(name, step.json), where);
    assert.is(toProtobuf(name, message).toString('base64'), step.base64, where);
  }
  assert.ok(cases.length > 500);
  count('golden/mesos protobuf messages both ways', cases.length);
});

test('a protobuf stream shows the same JSON as Mesos writes it', () => {
  for (const { where, name, step } of records.filter(isProtobuf)) {
    const json = JSON.parse(toJson(name, parseProtobuf(name, bytesOf(step))));
    assert.equal(parseJson(name, JSON.stringify(json)), json, where);
  }
});

test('every JSON request is read, or refused with the recorded text', () => {
  let accepted = 0;
  let refused = 0;
  for (const each of requests.filter((request) => !isProtobuf(request))) {
    const { exchange, name, where } = each;
    if (exchange.requestHeaders.get('content-type') !== 'application/json') continue;
    if (exchange.requestHeaders.has('transfer-encoding') || exchange.method !== 'POST') continue;
    const text = bytesOf(each.step).toString();
    const answer = exchange.responseBody?.text;
    const isOfCodec = exchange.status === 400 && /^Failed to (parse body|convert JSON)/.test(answer ?? '');
    if (isOfCodec) {
      assert.throws(
        () => parseJson(name, text),
        (error: unknown) => {
          assert.instance(error, AuroraError);
          assert.is((error as AuroraError).message, answer, where);
          return true;
        },
        where,
      );
      refused++;
    } else {
      parseJson(name, text);
      accepted++;
    }
  }
  assert.ok(refused >= 15, `${refused}`);
  count('golden/mesos JSON requests read', accepted);
  count('golden/mesos JSON requests refused with the recorded text', refused);
});

test('raw streams give their records whatever way they were cut', () => {
  const raw = all.filter(({ id }) => id.startsWith('sched-00'));
  for (const scenario of raw) {
    const received = scenario.steps
      .filter(({ dir, what }) => dir === 'recv' && what === 'bytes')
      .map((step) => bytesOf(step));
    const stream = Buffer.concat(received);
    const body = stream.subarray(stream.indexOf('\r\n\r\n') + 4);
    const records = recordReader();
    const events: unknown[] = [];
    let left = body;
    for (;;) {
      const line = left.indexOf('\r\n');
      const size = Number.parseInt(left.subarray(0, line).toString('latin1'), 16);
      if (!(size > 0)) break;
      const chunk = left.subarray(line + 2, line + 2 + size);
      for (const record of records.feed(chunk))
        events.push(
          scenario.id.endsWith('.pb')
            ? parseProtobuf('SchedulerEvent', record)
            : parseJson('SchedulerEvent', record.toString()),
        );
      left = left.subarray(line + 2 + size + 2);
    }
    assert.is((events[0] as { type: string }).type, 'SUBSCRIBED');
    assert.ok(events.length >= 3);
    assert.is(records.pendingBytes(), 0);
  }
  assert.is(raw.length, 2);
});

test('operator streams pass through the record reader', () => {
  let streams = 0;
  for (const scenario of all)
    for (const exchange of exchangesOf(scenario)) {
      if (apiOf(exchange) || exchange.records.length === 0) continue;
      const bytes = exchange.records.map(({ step }) => bytesOf(step));
      const reader = recordReader();
      const stream = Buffer.concat(bytes.map(encodeRecord));
      const read = [...stream].flatMap((byte) => reader.feed(Buffer.from([byte])));
      assert.equal(read.map(String), bytes.map(String), `${scenario.id} step ${exchange.at}`);
      streams++;
    }
  assert.ok(streams > 0);
  count('golden/mesos operator streams through RecordIO only', streams);
});

test.run();
