import { type AddressInfo, createServer, type Socket } from 'node:net';
import { manualClock } from '../../src/base/manual-clock.ts';
import { answerTo, callLane } from '../../src/mesos/http/call-lane.ts';
import { assert, suite } from '../harness/index.ts';
import { inbox } from './inbox.ts';
import { replayServer } from './replay-server.ts';

const test = suite('lane of calls');

const post = (port: number, body: string) => ({
  target: { host: '127.0.0.1', port },
  path: '/call',
  headers: { 'Content-Type': 'text/plain' },
  body: Buffer.from(body),
});
const outcome = (answer: Promise<unknown>) => answer.then(() => 'answered', String);

test('calls wait for no answer, and each gets its own', async () => {
  const server = await replayServer();
  const clock = manualClock();
  const lane = callLane({ clock, timeoutMs: 1_000 });
  const answers = ['a', 'b', 'ü'].map((text) => answerTo(lane, post(server.port, text)));
  const requests = [await server.next(), await server.next(), await server.next()];
  assert.equal(
    requests.map(({ body }) => body.toString()),
    ['a', 'b', 'ü'],
  );
  assert.is(new Set(requests.map(({ connection }) => connection)).size, 1);
  // Answers keep the order of the calls, whoever is ready first.
  requests[2]?.answer(202, {}, 'third');
  requests[0]?.answer(400, {}, 'first');
  requests[1]?.answer(202, {}, 'second');
  assert.equal(
    (await Promise.all(answers)).map(({ status, text }) => [status, text]),
    [
      [400, 'first'],
      [202, 'second'],
      [202, 'third'],
    ],
  );
  assert.is(clock.pending(), 0, 'no timer is left');
  lane.close();
  await server.close();
});

test('large calls and small ones, bytes and text, share a connection', async () => {
  const server = await replayServer();
  const lane = callLane({ clock: manualClock(), timeoutMs: 1_000 });
  const texts = ['a', 'x'.repeat(100_000), 'b', 'ü', '\u20ac'.repeat(9_000), 'y'.repeat(20_000), ''];
  const answers = texts.flatMap((text) => [
    answerTo(lane, post(server.port, text)),
    answerTo(lane, { ...post(server.port, ''), body: text }),
  ]);
  for (const text of texts.flatMap((text) => [text, text])) {
    const request = await server.next();
    assert.is(request.body.toString(), text);
    request.answer(202, {});
  }
  await Promise.all(answers);
  lane.close();
  await server.close();
});

test('one call that gets no answer in time takes those behind it along; the next one goes over a new connection', async () => {
  const server = await replayServer();
  const clock = manualClock();
  const lane = callLane({ clock, timeoutMs: 1_000 });
  const first = outcome(answerTo(lane, post(server.port, 'a')));
  await server.next();
  clock.advance(600);
  const second = outcome(answerTo(lane, post(server.port, 'b')));
  await server.next();
  clock.advance(400);
  assert.match(await first, /not within 1000 ms/);
  assert.match(await second, /not within 1000 ms/);
  const third = answerTo(lane, post(server.port, 'c'));
  const request = await server.next();
  assert.is(request.connection, 2);
  request.answer(202, {});
  assert.is((await third).status, 202);
  lane.close();
  await server.close();
});

test('a server that answers one call after the other is waited for, however many there are', async () => {
  const server = await replayServer();
  const clock = manualClock();
  const lost: string[] = [];
  const lane = callLane({ clock, timeoutMs: 1_000, lost: (reason) => lost.push(reason) });
  const answers = ['a', 'b', 'c', 'd'].map((text) => answerTo(lane, post(server.port, text)));
  for (const answer of answers) {
    const request = await server.next();
    clock.advance(900);
    request.answer(202, {});
    assert.is((await answer).status, 202);
  }
  const last = outcome(answerTo(lane, post(server.port, 'e')));
  await server.next();
  clock.advance(999);
  assert.equal(lost, []);
  clock.advance(1);
  assert.match(await last, /not within 1000 ms/);
  assert.equal(lost, ['not within 1000 ms']);
  lane.close();
  await server.close();
});

test('tells that calls were lost, but not when it was closed, nor when all had their answers', async () => {
  const server = await replayServer();
  const clock = manualClock();
  const lost: string[] = [];
  const lane = callLane({ clock, timeoutMs: 1_000, lost: (reason) => lost.push(reason) });
  const answered = answerTo(lane, post(server.port, 'a'));
  (await server.next()).answer(202, { Connection: 'close' });
  await answered;
  assert.equal(lost, []);
  const silent = ['b', 'c'].map((text) => outcome(answerTo(lane, post(server.port, text))));
  await server.next();
  clock.advance(1_000);
  for (const one of silent) assert.match(await one, /not within 1000 ms/);
  assert.equal(lost, ['not within 1000 ms']);
  const closed = ['d', 'e'].map((text) => outcome(answerTo(lane, post(server.port, text))));
  lane.close();
  for (const one of closed) assert.match(await one, /the connection was given up/);
  assert.is(lost.length, 1);
  assert.is(clock.pending(), 0, 'no timer is left');
  await server.close();
});

test('calls behind an answer that ends the connection are sent again over another, in order, and none is lost', async () => {
  const server = await replayServer();
  const lost: string[] = [];
  const lane = callLane({ clock: manualClock(), timeoutMs: 1_000, lost: (reason) => lost.push(reason) });
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
  const answers = texts.map((text) => answerTo(lane, post(server.port, text)));
  const served: [string, number][] = [];
  // Calls of an ended connection that the server had read by then are not answered.
  let ended = 0;
  const serve = async (headers: Record<string, string>) => {
    for (;;) {
      const request = await server.next();
      if (request.connection <= ended) continue;
      if (headers.Connection) ended = request.connection;
      request.answer(202, headers);
      served.push([request.body.toString(), request.connection]);
      return;
    }
  };
  for (let calls = 0; calls < 3; calls++) await serve({ Connection: 'close' });
  // From an answer that leaves the connection open on, calls are sent without waiting again.
  for (let calls = 0; calls < 3; calls++) await serve({});
  assert.equal(
    (await Promise.all(answers)).map(({ status }) => status),
    texts.map(() => 202),
  );
  assert.equal(served, [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
    ['e', 4],
    ['f', 4],
  ]);
  assert.equal(lost, []);
  lane.close();
  await server.close();
});

test('what is not HTTP, unasked answers and broken connections reject the calls', async () => {
  const sockets = inbox<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
    sockets.put(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const lane = callLane({ clock: manualClock(), timeoutMs: 1_000 });
  const says = async (bytes: string) => {
    const answer = outcome(answerTo(lane, post(port, 'a')));
    (await sockets.next()).end(bytes);
    return answer;
  };
  assert.match(await says('what?\r\n\r\n'), /not an answer: "what\?"/);
  assert.match(await says(''), /the connection was closed by the server/);
  assert.match(await says('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab'), /closed by the server/);
  assert.is(await says('HTTP/1.1 200 OK\r\n\r\nab'), 'answered');
  const ok = 'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n';
  assert.is(await says(ok + ok), 'answered');
  await new Promise((closed) => server.close(closed));
  assert.match(await outcome(answerTo(lane, post(port, 'a'))), /ECONNREFUSED/);
});

test.run();
