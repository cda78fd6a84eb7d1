/** Bytes of Mesos and ZooKeeper: records, packets, answers, messages. */
import fc from 'fast-check';
import { randomBelow, seededRandom } from '../../../src/base/random.ts';
import { answerReader } from '../../../src/mesos/http/answer-reader.ts';
import {
  encodeRecord,
  type MessageName,
  parseJson,
  parseProtobuf,
  toJson,
  toProtobuf,
} from '../../../src/mesos/index.ts';
import { packetReader } from '../../../src/zookeeper/packets.ts';
import { recordReader } from '../../harness/record-reader.ts';
import { anyMessage } from '../../mesos/random-messages.ts';
import { assertSame, type FuzzTarget, isRefusal, sameAgain } from '../target.ts';

const TEXTS = ['', '{}', '{"type":"HEARTBEAT"}', 'x'.repeat(300)].map((text) => Buffer.from(text));

/** The bytes cut somewhere else each time, always the same for the same bytes. */
function pieces(bytes: Buffer): Buffer[] {
  const random = seededRandom(bytes.length + (bytes[0] ?? 0));
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + randomBelow(random, random.next() < 0.5 ? 3 : 400);
    cut.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cut;
}

/** What comes out of a reader, and how it ended; however the bytes are cut, it is the same. */
function sameHoweverCut<T>(what: string, input: Buffer, read: (parts: readonly Buffer[]) => T): T {
  const told = (parts: readonly Buffer[]) => {
    try {
      return { value: read(parts) };
    } catch (error) {
      if (isRefusal(error)) return { refusal: error };
      throw error;
    }
  };
  const [whole, cut] = [told([input]), told(pieces(input))];
  if ('refusal' in whole !== 'refusal' in cut) throw new Error(`${what}: refused when cut one way alone`);
  if ('refusal' in whole) throw whole.refusal;
  assertSame(what, whole.value, (cut as { value: T }).value);
  return whole.value;
}

const recordio: FuzzTarget = {
  samples: () => [...TEXTS.map(encodeRecord), Buffer.concat(TEXTS.map(encodeRecord))],
  words: ['0\n', '5\nhello', '999999999999999\n', '\n', '00000000000000001\nx', '-1\n', '67108865\n'],
  run(input) {
    const records = sameHoweverCut('records', input, (parts) => {
      const reader = recordReader();
      return {
        records: parts.flatMap((part) => reader.feed(Buffer.from(part))),
        left: reader.pendingBytes(),
      };
    });
    return records.left === 0;
  },
};

const packetOf = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const packets: FuzzTarget = {
  samples: () => [...TEXTS.map(packetOf), Buffer.concat(TEXTS.map(packetOf))],
  words: ['\0\0\0\0', '\0\0\0\u0001x', '\u007f\u007f\u007f\u007f', '\0\0\u0001'],
  run(input) {
    const found = sameHoweverCut('packets', input, (parts) => {
      const read = packetReader();
      return parts.flatMap((part) => read(Buffer.from(part)));
    });
    assertSame('packets', Buffer.concat(found).equals(input.subarray(0, Buffer.concat(found).length)), true);
    return found.length > 0;
  },
};

const ANSWERS = [
  'HTTP/1.1 202 Accepted\r\nDate: Sun, 29 Nov 2026 10:00:00 GMT\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nwrong',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10;x=1\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 307 Temporary Redirect\r\nLocation: //10.0.0.1:5050\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.0 503 Service Unavailable\r\n\r\nuntil it ends',
];

const httpAnswers: FuzzTarget = {
  samples: () => [...ANSWERS, ANSWERS.slice(0, 4).join('')].map((text) => Buffer.from(text)),
  words: [
    '\r\n',
    '\r\n\r\n',
    'Content-Length: ',
    'Transfer-Encoding: chunked',
    '0\r\n\r\n',
    'ffffffff\r\n',
    ':',
    'HTTP/1.1 ',
  ],
  run(input) {
    const answers = sameHoweverCut('answers', input, (parts) => {
      const reader = answerReader();
      const found = parts.flatMap((part) => reader.feed(Buffer.from(part)));
      const last = reader.end();
      return last ? [...found, last] : found;
    });
    return answers.length > 0;
  },
};

const NAMES: readonly MessageName[] = [
  'SchedulerCall',
  'SchedulerEvent',
  'ExecutorCall',
  'ExecutorEvent',
  'TaskInfo',
  'Offer',
];
const VALUES = 6;
const named = (index: number, bytes: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.from([index]), Buffer.from(bytes)]);
const nameAt = (input: Buffer) => NAMES[(input[0] ?? 0) % NAMES.length] as MessageName;
const messages = (seed: number, encode: (name: MessageName, value: never) => Uint8Array | string): Buffer[] =>
  NAMES.flatMap((name, index) =>
    fc
      .sample(anyMessage(name), { seed, numRuns: VALUES })
      .map((value) => named(index, encode(name, value as never))),
  );

const mesosJson: FuzzTarget = {
  samples: (seed) => messages(seed, toJson),
  words: [
    '"type":',
    '"SUBSCRIBED"',
    'null',
    '1e400',
    '"Infinity"',
    '"value":',
    '[[',
    '{"__proto__":',
    '\\ud800',
  ],
  run(input) {
    const name = nameAt(input);
    const value = parseJson(name, input.toString('utf8', 1));
    const again = parseJson(name, toJson(name, value));
    sameAgain(name, again, () => parseJson(name, toJson(name, again)));
    return true;
  },
};

const mesosProtobuf: FuzzTarget = {
  samples: (seed) => messages(seed, toProtobuf),
  run(input) {
    const name = nameAt(input);
    const value = parseProtobuf(name, input.subarray(1));
    const again = parseProtobuf(name, toProtobuf(name, value));
    sameAgain(name, again, () => parseProtobuf(name, toProtobuf(name, again)));
    return true;
  },
};

export const streamTargets: Readonly<Record<string, FuzzTarget>> = {
  recordio,
  'zookeeper-packets': packets,
  'http-answers': httpAnswers,
  'mesos-json': mesosJson,
  'mesos-protobuf': mesosProtobuf,
};
