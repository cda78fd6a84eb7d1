import fc from 'fast-check';
import { callJson } from '../../src/mesos/call-json.ts';
import { lasting, type SchedulerCall, type TaskInfo } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('calls as JSON');

const text = fc.oneof(fc.string(), fc.constantFrom('"', '\\', '\u2028', 'ä', '\ud800'));
const written = (call: SchedulerCall): string => Buffer.from(callJson(call)).toString('utf8');

const shared = fc.record({ value: text, shell: fc.boolean() }).map(lasting);
const task = (command: object) =>
  fc.record(
    {
      name: text,
      task_id: fc.record({ value: text }),
      agent_id: fc.record({ value: text }),
      resources: fc.array(fc.record({ name: text, type: fc.constant('SCALAR') })),
      executor: fc.record({
        executor_id: fc.record({ value: text }),
        source: text,
        command: fc.constant(command),
      }),
      labels: fc.constant(lasting({ labels: [{ key: 'a', value: 'b' }] })),
      command: fc.constant(undefined),
      data: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    },
    { requiredKeys: ['name', 'task_id', 'agent_id'] },
  );
const accept = shared
  .chain((command) =>
    fc.record({
      type: fc.constant('ACCEPT'),
      accept: fc.record({
        offer_ids: fc.array(fc.record({ value: text })),
        operations: fc.array(
          fc.oneof(
            fc.record({
              type: fc.constant('LAUNCH'),
              launch: fc.record({ task_infos: fc.array(task(command)) }),
            }),
            fc.record({
              type: fc.constant('UNRESERVE'),
              unreserve: fc.record({ resources: fc.constant([]) }),
            }),
          ),
        ),
        filters: fc.record({ refuse_seconds: fc.nat() }),
      }),
      framework_id: fc.record({ value: text }),
    }),
  )
  .map((call) => call as unknown as SchedulerCall);

test('an ACCEPT is written as JSON.stringify writes it, again and again', () =>
  fc.assert(
    fc.property(accept, (call) => {
      for (let time = 0; time < 2; time++) assert.is(written(call), JSON.stringify(call));
    }),
  ));

test('an ACKNOWLEDGE is written as JSON.stringify writes it, the framework first', () =>
  fc.assert(
    fc.property(text, text, text, (task, agent, uuid) => {
      const framework_id = { value: agent };
      const acknowledge = { task_id: { value: task }, agent_id: { value: agent }, uuid };
      const call: SchedulerCall = { framework_id, type: 'ACKNOWLEDGE', acknowledge };
      assert.is(written(call), JSON.stringify(call));
      assert.is(written({ acknowledge, framework_id, type: 'ACKNOWLEDGE' }), JSON.stringify(call));
      const without: SchedulerCall = { type: 'ACKNOWLEDGE', acknowledge };
      assert.is(written(without), JSON.stringify(without));
    }),
  ));

test('calls are written into the same memory, whatever their size', () => {
  const calls = ['a', 'b'.repeat(300_000), 'c', 'ä'.repeat(200_000), '"'.repeat(100), 'd'].map(
    (value): SchedulerCall => ({
      framework_id: { value: 'f' },
      type: 'ACKNOWLEDGE',
      acknowledge: { task_id: { value }, agent_id: { value: 's' }, uuid: 'AAAA' },
    }),
  );
  // Not assert.is: it would show how texts of megabytes differ.
  for (const call of calls) assert.ok(written(call) === JSON.stringify(call), call.acknowledge?.uuid);
  const broken = { type: 'ACCEPT', accept: { operations: [{ type: 1n }] } } as unknown as SchedulerCall;
  assert.throws(() => callJson(broken), /BigInt/);
  assert.is(written(calls[0] as SchedulerCall), JSON.stringify(calls[0]));
});

test('what is not marked as lasting may change', () => {
  const command = { value: 'a' };
  const call = (): SchedulerCall => ({
    type: 'ACCEPT',
    accept: {
      offer_ids: [],
      operations: [{ type: 'LAUNCH', launch: { task_infos: [{ command } as unknown as TaskInfo] } }],
    },
  });
  assert.match(written(call()), '"value":"a"');
  command.value = 'b';
  assert.match(written(call()), '"value":"b"');
});

test.run();
