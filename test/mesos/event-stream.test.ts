import { type AddressInfo, createServer } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import { openEventStream } from '../../src/mesos/http/event-stream.ts';
import { encodeRecord } from '../../src/mesos/index.ts';
import { wholeRecords } from '../../src/mesos/recordio.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('stream of events');

const RECORDS = 300;
const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const textOf = (nth: number) =>
  `${nth} `.padEnd(1_000 + (nth % 7) * 300, String.fromCharCode(97 + (nth % 26)));

test('records that wait for a later turn stay as they are, although all are read into the same memory', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(HEAD);
      for (let nth = 0; nth < RECORDS; nth++) {
        const record = encodeRecord(Buffer.from(textOf(nth)));
        socket.write(
          Buffer.concat([Buffer.from(`${record.length.toString(16)}\r\n`), record, Buffer.from('\r\n')]),
        );
      }
      socket.end('0\r\n\r\n');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const heard: string[] = [];
  const end = await new Promise((ended) => {
    openEventStream<{ text: string }>({
      post: { target: { host: '127.0.0.1', port }, path: '/', headers: {}, body: '{}' },
      clock: systemClock,
      answerTimeoutMs: 20_000,
      onOpen: () => {},
      decode: wholeRecords((record) => ({ text: record.toString() })),
      onEvent({ text }) {
        heard.push(text);
        // Longer than a turn lasts, now and then, so that others have to wait.
        const untilMs = performance.now() + (heard.length % 10 === 0 ? 8 : 0);
        while (performance.now() < untilMs);
      },
      onEnd: ended,
    });
  });
  server.close();
  assert.equal(end, { kind: 'lost', reason: 'the stream ended' });
  assert.is(heard.length, RECORDS);
  assert.equal(
    heard.map((text, nth) => (text === textOf(nth) ? '' : `${nth}: ${text.slice(0, 20)}`)).filter(Boolean),
    [],
  );
});

test.run();
