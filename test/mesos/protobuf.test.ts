import fc from 'fast-check';
import { AuroraError } from '../../src/base/errors.ts';
import { type MesosMessage, parseProtobuf, toProtobuf } from '../../src/mesos/index.ts';
import { ENUMS, MESSAGES } from '../../src/mesos/messages/table.ts';
import { assert, suite } from '../harness/index.ts';
import { anyMessage } from './random-messages.ts';

const test = suite('Mesos protobuf');

test('gives messages back as they were', () => {
  for (const name of [
    'TaskInfo',
    'TaskStatus',
    'Offer',
    'FrameworkInfo',
    'ExecutorCall',
    'SchedulerEvent',
  ] as const)
    fc.assert(
      fc.property(anyMessage(name, 1), (message) => {
        assert.equal(parseProtobuf(name, toProtobuf(name, message as MesosMessage<typeof name>)), message);
      }),
      { numRuns: 30 },
    );
}, 30_000);

test('never answers broken bytes with anything but its own error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        parseProtobuf('SchedulerCall', bytes);
      } catch (error) {
        assert.instance(error, AuroraError);
      }
    }),
    { numRuns: 500 },
  );
});

test('says what is wrong', () => {
  assert.throws(() => parseProtobuf('TaskID', Buffer.from([0x0a, 5, 65])), /ends in the middle of a field/);
  assert.throws(
    () => parseProtobuf('TaskID', Buffer.alloc(0)),
    /not a TaskID: missing required fields: value/,
  );
  assert.throws(() => parseProtobuf('Filters', Buffer.from([0x0f])), /wire type 7/);
  assert.throws(() => parseProtobuf('TTYInfo', Buffer.alloc(12, 0xff)), /more than ten bytes/);
  assert.throws(
    () => toProtobuf('TaskStatus', { task_id: { value: 't' }, state: 'TASK_NEW' as 'TASK_LOST' }),
    /TaskState has no value TASK_NEW/,
  );
});

test('keeps fields and enum numbers that it does not know', () => {
  const bytes = Buffer.concat([
    toProtobuf('TaskStatus', { task_id: { value: 't' }, state: 'TASK_LOST' }),
    Buffer.from([0x48, 99, 0x98, 0x06, 1, 0x9b, 0x06, 0x08, 1, 0x9c, 0x06]),
  ]);
  const status = parseProtobuf('TaskStatus', bytes);
  assert.equal(status, { task_id: { value: 't' }, state: 'TASK_LOST' });
  assert.is(toProtobuf('TaskStatus', status).toString('hex'), bytes.toString('hex'));
});

test('reads packed lists, merges a message that comes twice, and takes the last of a plain value', () => {
  assert.equal(parseProtobuf('TaskID', Buffer.from([0x0a, 1, 65, 0x0a, 1, 66])), { value: 'B' });
  const half = (bytes: number[]) => Buffer.from([0x0a, bytes.length, ...bytes]);
  const begin = half([0x08, 1]);
  const end = half([0x10, 2]);
  assert.equal(parseProtobuf('Value.Ranges', Buffer.concat([half([0x08, 1, 0x10, 2])])), {
    range: [{ begin: 1, end: 2 }],
  });
  assert.throws(
    () => parseProtobuf('Value.Ranges', Buffer.concat([begin, end])),
    /range\[0\]\.end, range\[1\]\.begin/,
  );
});

test('writes integers beyond 2^53 within 64 bits', () => {
  const largest = parseProtobuf('DurationInfo', toProtobuf('DurationInfo', { nanoseconds: -(2 ** 63) }));
  assert.is(largest.nanoseconds, -(2 ** 63));
  assert.is(parseProtobuf('Value.Range', toProtobuf('Value.Range', { begin: 0, end: 2 ** 70 })).end, 2 ** 64);
});

test('the table numbers every field and value once', () => {
  for (const [name, fields] of Object.entries(MESSAGES)) {
    const ids = Object.values(fields).map(({ id }) => id);
    assert.is(new Set(ids).size, ids.length, name);
  }
  for (const [name, values] of Object.entries(ENUMS))
    assert.is(new Set(Object.values(values)).size, Object.keys(values).length, name);
});

test('many fields that the table does not know cost what they are long', () => {
  const fields = Buffer.concat(Array.from({ length: 60_000 }, () => Buffer.from([0xf8, 0x7f, 1])));
  const start = process.cpuUsage();
  const value = parseProtobuf('Filters', fields);
  assert.is(toProtobuf('Filters', value).length, fields.length);
  const { user } = process.cpuUsage(start);
  // Copied anew for every field these are seconds.
  assert.ok(user < 2_000_000, `${user} us of processor time`);
});

test.run();
