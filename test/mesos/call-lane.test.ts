import { type AddressInfo, createServer, type Socket } from 'node:net';
import { manualClock } from '../../src/base/manual-clock.ts';
import { callLane } from '../../src/mesos/http/call-lane.ts';
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
  const answers = ['a', 'b', 'ü'].map((text) => lane.post(post(server.port, text)));
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
    lane.post(post(server.port, text)),
    lane.post({ ...post(server.port, ''), body: text }),
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
  const first = outcome(lane.post(post(server.port, 'a')));
  await server.next();
  clock.advance(600);
  const second = outcome(lane.post(post(server.port, 'b')));
  await server.next();
  clock.advance(400);
  assert.match(await first, /not within 1000 ms/);
  assert.match(await second, /not within 1000 ms/);
  const third = lane.post(post(server.port, 'c'));
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
  const answers = ['a', 'b', 'c', 'd'].map((text) => lane.post(post(server.port, text)));
  for (const answer of answers) {
    const request = await server.next();
    clock.advance(900);
    request.answer(202, {});
    assert.is((await answer).status, 202);
  }
  const last = outcome(lane.post(post(server.port, 'e')));
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
  const lost: string[] = [];
  const lane = callLane({
    clock: manualClock(),
    timeoutMs: 1_000,
    lost: (reason) => lost.push(reason),
  });
  const answered = lane.post(post(server.port, 'a'));
  (await server.next()).answer(202, { Connection: 'close' });
  await answered;
  assert.equal(lost, []);
  const behind = ['b', 'c'].map((text) => lane.post(post(server.port, text)));
  const cut = outcome(behind[1] as Promise<unknown>);
  (await server.next()).answer(202, { Connection: 'close' });
  assert.match(await cut, /the server closes the connection/);
  assert.equal(lost, ['the server closes the connection']);
  const closed = outcome(lane.post(post(server.port, 'd')));
  lane.close();
  assert.match(await closed, /the connection was given up/);
  assert.is(lost.length, 1);
  await server.close();
});

test('a server that announces the end of the connection is not asked over it again', async () => {
  const server = await replayServer();
  const lane = callLane({ clock: manualClock(), timeoutMs: 1_000 });
  const answers = ['a', 'b'].map((text) => lane.post(post(server.port, text)));
  const behind = outcome(answers[1] as Promise<unknown>);
  (await server.next()).answer(202, { Connection: 'close' });
  assert.is((await answers[0])?.status, 202);
  assert.match(await behind, /the server closes the connection/);
  const next = lane.post(post(server.port, 'c'));
  let request = await server.next();
  if (request.body.toString() === 'b') request = await server.next();
  assert.is(request.connection, 2);
  request.answer(202, {});
  assert.is((await next).status, 202);
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
    const answer = outcome(lane.post(post(port, 'a')));
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
  assert.match(await outcome(lane.post(post(port, 'a'))), /ECONNREFUSED/);
});

test.run();
