import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScheduledTask } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { webhook } from '../../../src/scheduler/webhook/webhook.ts';
import { parseWebhook } from '../../../src/scheduler/webhook/webhook-config.ts';
import { assert, suite } from '../../harness/index.ts';
import { scene } from '../state/scene.ts';

const test = suite('webhook');

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: { task: ScheduledTask; oldState: { value?: string }; deleted?: boolean };
}

/** A webhook towards a real server that answers with the statuses given, 200 afterwards. */
async function hookScene(file: object, answers: number[] = []) {
  const world = await scene();
  const deliveries: Delivery[] = [];
  let arrived: () => void = () => {};
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      deliveries.push({ headers: request.headers, body: JSON.parse(text) as Delivery['body'] });
      response.writeHead(answers.shift() ?? 200).end();
      arrived();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const config = parseWebhook(
    JSON.stringify({ targetURL: `http://127.0.0.1:${port}/hook`, ...file }),
    'webhook.json',
  );
  const hook = webhook({ ...world, counters: world.counts, log: silentLogger, config });
  hook.start?.();
  return {
    ...world,
    deliveries,
    count: (name: string) => Number(world.counts.read().get(name) ?? 0),
    /** Resolves when so many have arrived and were counted. */
    async until(number: number) {
      while (deliveries.length < number) await new Promise<void>((done) => (arrived = done));
      const settled = () =>
        ['success', 'user_errors', 'errors'].reduce(
          (sum, name) => sum + Number(world.counts.read().get(`webhooks_${name}`)),
          0,
        );
      while (settled() < number) await new Promise((done) => setImmediate(done));
    },
    async close() {
      hook.close?.();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const told = (deliveries: readonly Delivery[]) =>
  deliveries.map(
    ({ body }) => `${body.oldState.value}->${body.task.status}${body.deleted ? ' deleted' : ''}`,
  );

test('tells of transitions, with the headers and the shape of the original', async () => {
  const { assign, close, count, deliveries, insert, until } = await hookScene({
    headers: { Producer: 'aurora' },
    timeoutMsec: 5_000,
  });
  const taskId = await insert();
  await until(1);
  await assign(taskId);
  await until(2);
  assert.equal(told(deliveries), ['INIT->PENDING', 'PENDING->ASSIGNED']);
  const [, { headers, body }] = deliveries as [Delivery, Delivery];
  assert.is(headers.producer, 'aurora');
  assert.match(headers.timestamp as string, /^\d{13}$/);
  assert.is(body.task.assignedTask.taskId, taskId);
  assert.is(body.task.assignedTask.slaveHost, 'host-1');
  assert.is(count('webhooks_attempts'), 2);
  assert.is(count('webhooks_success'), 2);
  await close();
});

test('only statuses that were asked for are told of', async () => {
  const { assign, change, close, deliveries, insert, until } = await hookScene({ statuses: ['RUNNING'] });
  const taskId = await insert();
  await assign(taskId);
  await change({ taskId, to: 'RUNNING' });
  await until(1);
  assert.equal(told(deliveries), ['ASSIGNED->RUNNING']);
  await close();
});

test('an answer other than 200 is an error of the user, and is not repeated unless asked for', async () => {
  const { close, count, insert, until } = await hookScene({}, [500]);
  await insert();
  await until(1);
  assert.is(count('webhooks_user_errors'), 1);
  assert.is(count('webhooks_attempts'), 1);
  await close();
});

test('retries, in order for each task', async () => {
  const { assign, clock, close, deliveries, insert, until } = await hookScene(
    { retries: 2, ordered: true },
    [503, 503],
  );
  const taskId = await insert();
  await assign(taskId);
  await until(1);
  assert.equal(told(deliveries), ['INIT->PENDING']);
  for (const number of [2, 3]) {
    while (clock.pending() === 0) await new Promise((done) => setImmediate(done));
    clock.advance(4_000);
    await until(number);
  }
  await until(4);
  assert.equal(told(deliveries), ['INIT->PENDING', 'INIT->PENDING', 'INIT->PENDING', 'PENDING->ASSIGNED']);
  await close();
});

test('tasks that are forgotten are told of when asked for', async () => {
  const { change, close, deliveries, insert, until } = await hookScene({ deletions: true });
  const taskId = await insert();
  await until(1);
  await change({ taskId, to: 'KILLING' });
  await until(2);
  assert.equal(told(deliveries), ['INIT->PENDING', 'PENDING->PENDING deleted']);
  await close();
});

test('what does not fit into the queue is dropped and counted', async () => {
  const { close, count, insert } = await hookScene({ maxQueue: 0 });
  await insert();
  assert.is(count('webhooks_dropped'), 1);
  await close();
});

const REFUSED: readonly [text: string, reason: RegExp][] = [
  ['{', /JSON/],
  ['[]', /must be an object/],
  ['{}', /targetURL must be an http or https URL, not undefined/],
  ['{"targetURL": "ftp://x"}', /targetURL must be/],
  ['{"targetURL": "http://x", "statuses": ["RUNING"]}', /statuses has RUNING; known are .*RUNNING/],
  ['{"targetURL": "http://x", "statuses": "RUNNING"}', /statuses must be a list/],
  ['{"targetURL": "http://x", "timeoutMsec": "5"}', /timeoutMsec must be a whole number/],
  ['{"targetURL": "http://x", "retries": 1000}', /retries must be a whole number from 0 to 20/],
  ['{"targetURL": "http://x", "headers": {"a": 1}}', /headers must be an object whose values are texts/],
  ['{"targetURL": "http://x", "ordred": true}', /ordred is not known; known are .*ordered/],
];
for (const [text, reason] of REFUSED)
  test(`refuses the file ${text}`, () => assert.throws(() => parseWebhook(text, 'webhook.json'), reason));

test('a list of statuses with * stands for all', () => {
  assert.is(parseWebhook('{"targetURL": "http://x", "statuses": ["*", "LOST"]}', 'f').statuses, undefined);
});

test.run();
