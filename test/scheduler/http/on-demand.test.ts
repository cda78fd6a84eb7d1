import { decodeMessage, type Wire } from '../../../src/api/index.ts';
import { messageBody, plainBody } from '../../../src/scheduler/http/large-reply.ts';
import { LARGE_LIST, onDemand } from '../../../src/scheduler/http/on-demand.ts';
import { recentlyEncoded } from '../../../src/scheduler/http/recently-encoded.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('lists made on demand');

const tasksOf = (count: number): Wire<'ScheduledTask'>[] =>
  Array.from({ length: count }, (_, number) => ({
    ancestorId: `task-${number}`,
    status: 'RUNNING' as const,
  }));

const bytesOf = async (body: ConstructorParameters<typeof Response>[0]) =>
  new Uint8Array(await new Response(body).arrayBuffer());

test('a reply holds what is made of the elements, however long the list', async () => {
  for (const count of [0, 1, LARGE_LIST, LARGE_LIST + 1, 1_234]) {
    let made = 0;
    const stored = tasksOf(count);
    const make = ({ ancestorId }: Wire<'ScheduledTask'>): Wire<'ScheduledTask'> => {
      made++;
      return { ancestorId: `made of ${ancestorId}` };
    };
    const tasks = onDemand(stored, make, () => false);
    assert.is(tasks.length, count);
    assert.is(made, count > LARGE_LIST ? 0 : count);
    const expected = stored.map(({ ancestorId }) => `made of ${ancestorId}`);
    const response = { responseCode: 'OK' as const, result: { scheduleStatusResult: { tasks } } };
    const reply = { kind: 'reply' as const, method: 'getTasksWithoutConfigs' as const, seqid: 1, response };
    for (const protocol of ['binary', 'json'] as const) {
      const read = decodeMessage(await bytesOf(messageBody(reply, protocol)), protocol);
      const listed = read.kind === 'reply' ? read.response.result?.scheduleStatusResult?.tasks : undefined;
      assert.equal(
        listed?.map(({ ancestorId }) => ancestorId),
        expected,
        `${protocol} ${count}`,
      );
      assert.ok(listed?.every(({ status }) => status === undefined));
    }
    const plain = JSON.parse(new TextDecoder().decode(await bytesOf(plainBody(response))));
    const texts = plain.result.scheduleStatusResult.tasks.map(
      (task: { ancestorId: string }) => task.ancestorId,
    );
    assert.equal(texts, expected);
    assert.is(stored[0]?.status, count === 0 ? undefined : 'RUNNING', 'what is stored stays as it is');
  }
});

test('what lasts is encoded once for many replies, and what does not is encoded each time', async () => {
  const stored = tasksOf(LARGE_LIST + 1);
  const read = async () => {
    let made = 0;
    const make = (task: Wire<'ScheduledTask'>): Wire<'ScheduledTask'> => {
      made++;
      return { ...task, failureCount: stored.indexOf(task) };
    };
    const tasks = onDemand(stored, make, ({ ancestorId }) => ancestorId !== 'task-3');
    const response = { responseCode: 'OK' as const, result: { scheduleStatusResult: { tasks } } };
    const reply = { kind: 'reply' as const, method: 'getTasksWithoutConfigs' as const, seqid: 1, response };
    const message = decodeMessage(await bytesOf(messageBody(reply, 'binary')), 'binary');
    const listed = message.kind === 'reply' ? message.response.result?.scheduleStatusResult?.tasks : [];
    assert.equal(
      listed?.map(({ failureCount }) => failureCount),
      stored.map((_, at) => at),
    );
    return made;
  };
  assert.is(await read(), stored.length);
  assert.is(await read(), 1);
  stored[5] = { ...stored[5]!, status: 'FAILED' };
  assert.is(await read(), 2, 'a changed task is another one');
});

test('what nobody asks for is forgotten, what is asked for stays', () => {
  const recent = recentlyEncoded(1_000);
  let encoded = 0;
  const look = (value: object) =>
    recent.of(value, () => {
      encoded++;
      return new Uint8Array(100);
    });
  const asked = {};
  for (let nth = 0; nth < 50; nth++) {
    look(asked);
    look({});
  }
  assert.is(encoded, 51);
  const left = {};
  look(left);
  for (let nth = 0; nth < 50; nth++) look({});
  encoded = 0;
  look(left);
  assert.is(encoded, 1);
});

test.run();
