import fc from 'fast-check';
import { answerReader } from '../../src/mesos/http/answer-reader.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('answers of a pipelined connection');

const STREAM = [
  'HTTP/1.1 202 Accepted\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 202 Accepted\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n\r\nnö: 1',
  'HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n5\r\nFrame\r\nB;x=1\r\nwork is not\r\n0\r\n\r\n',
  'HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n',
  'HTTP/1.1 204\r\n\r\n',
];
const BYTES = Buffer.from(STREAM.join(''));
const WANTED = [
  [202, ''],
  [202, ''],
  [400, 'nö: 1'],
  [403, 'Framework is not'],
  [503, '!'],
  [204, ''],
];

test('are the same whatever way the bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(BYTES.length), { maxLength: 12 }), (cuts) => {
      const reader = answerReader();
      const ends = [...cuts.sort((a, b) => a - b), BYTES.length];
      let from = 0;
      const answers = ends.flatMap((end) => {
        const chunk = BYTES.subarray(from, end);
        from = end;
        return reader.feed(chunk);
      });
      assert.equal(
        answers.map(({ status, text }) => [status, text]),
        WANTED,
      );
    }),
  );
});

test('have their headers by lower-case names', () => {
  const [answer] = answerReader().feed(
    Buffer.from('HTTP/1.1 307 X\r\nLocation:  //h:1/p \r\nContent-Length: 0\r\n\r\n'),
  );
  assert.equal(answer?.headers, { location: '//h:1/p', 'content-length': '0' });
});

test('may end with their connection', () => {
  const reader = answerReader();
  assert.equal(reader.feed(Buffer.from('HTTP/1.0 500 Oops\r\n\r\nno ')), []);
  assert.equal(reader.feed(Buffer.from('length')), []);
  assert.is(reader.end()?.text, 'no length');
  assert.is(reader.end(), undefined);
  const cut = answerReader();
  cut.feed(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'));
  assert.is(cut.end(), undefined, 'an answer that was cut off is none');
});

test('keep no more than 64 KiB of a body', () => {
  const [answer] = answerReader().feed(
    Buffer.concat([
      Buffer.from('HTTP/1.1 400 X\r\nContent-Length: 100000\r\n\r\n'),
      Buffer.alloc(100_000, 'x'),
    ]),
  );
  assert.is(answer?.text.length, 65_536);
});

test('cost the same for each byte, however small the pieces are in which they come', () => {
  const body = 'x'.repeat(200_000);
  for (const text of [
    `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(60_000)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ]) {
    const bytes = Buffer.from(text);
    const reader = answerReader();
    const start = process.cpuUsage();
    let answers = 0;
    for (let at = 0; at < bytes.length; at++) answers += reader.feed(bytes.subarray(at, at + 1)).length;
    const { user } = process.cpuUsage(start);
    assert.is(answers, 1);
    // Joined anew for every byte these are tens of seconds.
    assert.ok(user < 3_000_000, `${user} us of processor time`);
  }
});

test('are refused when a chunk does not end where it says', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.throws(
    () => answerReader().feed(Buffer.from(`${head}3\r\nabcd\r\n`)),
    /a chunk longer than it says/,
  );
  assert.throws(
    () => answerReader().feed(Buffer.from(`${head}${'0'.repeat(9000)}`)),
    /a size without an end/,
  );
});

test('are refused when they are not HTTP', () => {
  for (const [bytes, reason] of [
    ['SSH-2.0-OpenSSH\r\n\r\n', /not an answer: "SSH-2.0-OpenSSH"/],
    ['\r\n\r\n', /not an answer: ""/],
    ['HTTP/1.1 200 OK\r\nno header\r\n\r\n', /a header "no header"/],
    ['HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n', /a length of "many"/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', /a chunk without a size/],
    ['x'.repeat(70_000), /a head without an end/],
  ] as const)
    assert.throws(() => answerReader().feed(Buffer.from(bytes)), reason);
});

test('a body that somebody wants comes piece by piece, whatever way the bytes were cut, and is not kept', () =>
  fc.assert(
    fc.property(fc.array(fc.nat(BYTES.length), { maxLength: 12 }), (cuts) => {
      const bodies: string[] = [];
      const reader = answerReader((status) => {
        if (status < 400) return undefined;
        const nth = bodies.push('') - 1;
        return (piece) => {
          bodies[nth] += piece.toString('latin1');
        };
      });
      const ends = [...cuts.sort((a, b) => a - b), BYTES.length];
      const answers = ends.flatMap((end, at) => reader.feed(BYTES.subarray(ends[at - 1] ?? 0, end)));
      assert.equal(
        answers.map(({ status, text }) => [status, text]),
        WANTED.map(([status]) => [status, '']),
      );
      assert.equal(
        bodies.map((body) => Buffer.from(body, 'latin1').toString('utf8')),
        WANTED.filter(([status]) => Number(status) >= 400).map(([, text]) => text),
      );
    }),
  ));

test('when a header comes twice, the first value counts', () => {
  const [answer] = answerReader().feed(
    Buffer.from('HTTP/1.1 202 OK\r\nA: 1\r\na: 2\r\nContent-Length: 0\r\n\r\n'),
  );
  assert.is(answer?.headers.a, '1');
});

test('pieces stay as they are while what follows them is kept', () => {
  const pieces: Buffer[] = [];
  const reader = answerReader(() => (piece) => {
    if (piece.length > 0) pieces.push(piece);
  });
  reader.feed(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5'));
  // Two lines that are cut, the second one longer: where the first stood there is no room for it.
  reader.feed(Buffer.from('\r\nabcde\r\n10000\r'));
  assert.equal(pieces.map(String), ['abcde']);
});

test.run();
