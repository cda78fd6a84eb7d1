import {
  callOf,
  codecErrorKind,
  decodeMessage,
  encodeMessage,
  isCallName,
  openMessage,
  type Protocol,
} from '../../src/api/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('thrift messages');
const PROTOCOLS: Protocol[] = ['binary', 'json'];

test('a call carries its arguments under the ids of the table', () => {
  const call = callOf('restartShards', { job: { role: 'a', environment: 'b', name: 'c' }, shardIds: [3] }, 7);
  const json = Buffer.from(encodeMessage(call, 'json')).toString();
  const job = '{"rec":{"1":{"str":"a"},"2":{"str":"b"},"3":{"str":"c"}}}';
  assert.is(json, `[1,"restartShards",1,7,{"3":{"set":["i32",1,3]},"5":${job}}]`);
  for (const protocol of PROTOCOLS)
    assert.equal(decodeMessage(encodeMessage(call, protocol), protocol), call);
});

test('method and seqid are known before the body is read, so that a bad body can be answered', () => {
  const bodies: [Protocol, Uint8Array][] = [
    ['json', Buffer.from('[1,"acquireLock",1,5,{}]')],
    ['binary', Buffer.from('80010001000000076765744a6f6273000000050b', 'hex')],
    ['json', Buffer.from('[1,"getJobs",1,5,{"1":{"str":5}}]')],
  ];
  const kinds = bodies.map(([protocol, bytes]) => {
    const envelope = openMessage(bytes, protocol);
    assert.is(envelope.seqid, 5);
    assert.is(envelope.kind, 'call');
    try {
      envelope.read();
      return 'read';
    } catch (error) {
      return codecErrorKind(error);
    }
  });
  assert.equal(kinds, ['unknown-method', 'truncated', 'bad-value']);
  assert.not(isCallName('acquireLock'));
  assert.not(isCallName('toString'));
});

test('an exception with an unknown type reads as UNKNOWN, a reply without Response is refused', () => {
  const exception = Buffer.from('[1,"getJobs",3,5,{"1":{"str":"x"},"2":{"i32":99}}]');
  const expected = { kind: 'exception', method: 'getJobs', seqid: 5, message: 'x', type: 'UNKNOWN' };
  assert.equal(decodeMessage(exception, 'json'), expected);
  try {
    decodeMessage(Buffer.from('[1,"getJobs",2,5,{}]'), 'json');
    assert.unreachable();
  } catch (error) {
    assert.is(codecErrorKind(error), 'missing-field');
  }
});

test.run();
