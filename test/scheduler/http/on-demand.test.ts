import { decodeMessage, type Wire } from '../../../src/api/index.ts';
import { messageBody, plainBody } from '../../../src/scheduler/http/large-reply.ts';
import { LARGE_LIST, onDemand } from '../../../src/scheduler/http/on-demand.ts';
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
    const tasks = onDemand(stored, ({ ancestorId }): Wire<'ScheduledTask'> => {
      made++;
      return { ancestorId: `made of ${ancestorId}` };
    });
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

test.run();
