import { Hono } from 'hono';
import { eventStream } from '../../../src/scheduler/events/event-stream.ts';
import type { CallerEnv } from '../../../src/scheduler/http/caller.ts';
import { eventsRoute } from '../../../src/scheduler/http/events-route.ts';
import { assert, suite } from '../../harness/index.ts';
import { scene } from '../state/scene.ts';
import { sampleConfig } from '../storage/sample.ts';

const test = suite('GET /events');

async function streamScene() {
  const world = await scene();
  const stream = eventStream(world);
  const app = new Hono<CallerEnv>();
  eventsRoute(app, { stream, clock: world.clock });
  const open = async (path = '/events', headers: Record<string, string> = {}) => {
    const response = await app.request(path, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = '';
    return {
      response,
      /** Everything up to the first text that matches; the clock moves so that joined events leave. */
      async until(pattern: RegExp): Promise<string> {
        while (!pattern.test(text)) {
          const read = reader.read();
          await new Promise((done) => setImmediate(done));
          world.clock.advance(50);
          const { done, value } = await read;
          if (done) throw new Error(`the stream ended: ${text}`);
          text += decoder.decode(value, { stream: true });
        }
        return text;
      },
      cancel: () => reader.cancel(),
    };
  };
  return { ...world, app, stream, open };
}

const dataOf = (text: string) =>
  [...text.matchAll(/^data: (\{"kind.*)$/gm)].map(
    ([, json]) => JSON.parse(json as string) as Record<string, unknown>,
  );
const lastId = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] as string;

test('shows tasks as they move, in order, and hosts', async () => {
  const { assign, change, insert, open, state, storage } = await streamScene();
  const { cancel, response, until } = await open();
  assert.match(response.headers.get('Content-Type') ?? '', /^text\/event-stream/);
  const taskId = await insert();
  await assign(taskId);
  await change({ taskId, to: 'RUNNING', message: 'all is well' });
  await storage.write((tx) => void state.setHostMode(tx, 'host-1', 'DRAINING'));
  const events = dataOf(await until(/DRAINING/));
  assert.equal(
    events.map(({ kind, oldStatus, status }) => [kind, oldStatus, status]),
    [
      ['task', 'INIT', 'PENDING'],
      ['task', 'PENDING', 'ASSIGNED'],
      ['task', 'ASSIGNED', 'RUNNING'],
      ['host', undefined, undefined],
    ],
  );
  const { timeMs: _, ...running } = events[2] as Record<string, unknown>;
  assert.equal(running, {
    kind: 'task',
    job: { role: 'www', environment: 'prod', name: 'web' },
    instance: 0,
    taskId,
    oldStatus: 'ASSIGNED',
    status: 'RUNNING',
    message: 'all is well',
    host: 'host-1',
  });
  await cancel();
});

test('filters by role, job and kind', async () => {
  const { insert, open, state, storage } = await streamScene();
  const ofJob = await open('/events?job=www/prod/api');
  const ofRole = await open('/events?role=www&kind=task');
  const ofHosts = await open('/events?kind=host');
  await storage.write((tx) => void state.setHostMode(tx, 'a', 'DRAINING'));
  await insert(sampleConfig('web'));
  await insert(sampleConfig('api'));
  const names = (text: string) =>
    dataOf(text).map(({ job, host }) => (job as { name: string } | undefined)?.name ?? host);
  assert.equal(names(await ofJob.until(/"api"/)), ['api']);
  assert.equal(names(await ofRole.until(/"api"/)), ['web', 'api']);
  assert.equal(names(await ofHosts.until(/DRAINING/)), ['a']);
  for (const { cancel } of [ofJob, ofRole, ofHosts]) await cancel();
});

test('a reader that comes back goes on where it was, without gap or doubling', async () => {
  const { insert, open } = await streamScene();
  const first = await open();
  await insert(sampleConfig('a'));
  const seen = await first.until(/"name":"a"/);
  await first.cancel();
  await insert(sampleConfig('b'));
  await insert(sampleConfig('c'));
  const second = await open('/events', { 'Last-Event-ID': lastId(seen) });
  const events = dataOf(await second.until(/"name":"c"/));
  assert.equal(
    events.map(({ job }) => (job as { name: string }).name),
    ['b', 'c'],
  );
  await second.cancel();
});

test('an id of another leader, or one that is too old, asks the reader to look at everything anew', async () => {
  const { events, insert, open, stream } = await streamScene();
  for (const id of ['other.5', 'nonsense', `${stream.name}.99`]) {
    const reader = await open('/events', { 'Last-Event-ID': id });
    assert.match(await reader.until(/resync/), /event: resync\ndata: \{\}/);
    await insert(sampleConfig(`after-${id.replace('.', '-')}`));
    assert.is(dataOf(await reader.until(/"name":"after-/)).length, 1, 'and goes on from there');
    await reader.cancel();
  }
  const slow = await open('/events', { 'Last-Event-ID': `${stream.name}.0` });
  for (let number = 0; number < 20_001; number++)
    events.publish({ kind: 'hostModeChanged', host: `h${number}`, mode: 'NONE' });
  assert.match(await slow.until(/resync/), /resync/);
  await slow.cancel();
});

test('a quiet stream is kept alive by comments, and ends with the scheduler', async () => {
  const { clock, open, stream } = await streamScene();
  const reader = await open();
  await reader.until(/retry: 2000/);
  const comment = reader.until(/^: $/m);
  await new Promise((done) => setImmediate(done));
  clock.advance(15_000);
  await comment;
  stream.close?.();
  let ended = '';
  await reader.until(/never/).catch((error: Error) => (ended = error.message));
  assert.match(ended, /^the stream ended/);
});

test('a reader of a quiet stream leaves one listener, however long it is quiet', async () => {
  const { clock, stream } = await streamScene();
  let listeners = 0;
  const counted: typeof stream = {
    ...stream,
    ended: false,
    onChange(listener) {
      const forget = stream.onChange(listener);
      listeners++;
      return () => {
        forget();
        listeners--;
      };
    },
  };
  const app = new Hono<CallerEnv>();
  eventsRoute(app, { stream: counted, clock });
  const timers = clock.pending();
  const reader = ((await app.request('/events')).body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  for (let comment = 0; comment < 5; comment++) {
    const read = reader.read();
    await new Promise((done) => setImmediate(done));
    clock.advance(15_000);
    await read;
  }
  await new Promise((done) => setImmediate(done));
  assert.is(listeners, 1);
  await reader.cancel();
  assert.is(listeners, 0, 'who left is not called any more');
  assert.is(clock.pending(), timers, 'and no timer is left');
});

test('a reader that is cut off within its first events gets the others when it comes back', async () => {
  const { insert, open, stream } = await streamScene();
  const before = `${stream.name}.${stream.position()}`;
  await insert(sampleConfig('a'));
  await insert(sampleConfig('b'));
  const first = await open('/events', { 'Last-Event-ID': before });
  const [cut] = (await first.until(/"name":"b"/)).split('event: ');
  await first.cancel();
  const second = await open('/events', {
    'Last-Event-ID': [...(cut as string).matchAll(/^id: (.*)$/gm)][0]?.[1] as string,
  });
  assert.is(dataOf(await second.until(/"name":"b"/)).length, 2);
  await second.cancel();
});

test('a filter that makes no sense is refused', async () => {
  const { app } = await streamScene();
  for (const [query, reason] of [
    ['kind=tasks', /kind is made of task, taskDeleted, update, instance, host, cron, not tasks/],
    ['job=www', /job is role\/environment\/name, not www/],
  ] as const) {
    const response = await app.request(`/events?${query}`);
    assert.is(response.status, 400);
    assert.match(await response.text(), reason);
  }
});

test('more than 500 streams are asked to come back, and one that leaves makes room', async () => {
  const { app } = await streamScene();
  const open = await Promise.all(Array.from({ length: 500 }, () => app.request('/events')));
  const refused = await app.request('/events');
  assert.is(refused.status, 503);
  assert.is(refused.headers.get('Retry-After'), '30');
  await open[0]?.body?.cancel();
  const taken = await app.request('/events');
  assert.is(taken.status, 200);
  for (const response of [...open.slice(1), taken]) await response.body?.cancel();
});

test.run();
