import fc from 'fast-check';
import { executorTable, type MasterExecutor } from '../../src/local/master/executors.ts';
import { toJson, toJsonPieces } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite("an agent's executors");

const executor = (frameworkId: string, value: string): MasterExecutor => ({
  frameworkId,
  info: { executor_id: { value } },
  pool: [],
});

test('an offer names the executors that are there, however they came and went', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'remove', 'ask'),
    framework: fc.constantFrom('f', 'g'),
    id: fc.constantFrom('a', '"b"', 'ü', 'd'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const table = executorTable();
      const there: Record<string, Set<string>> = { f: new Set(), g: new Set() };
      for (const { what, framework, id } of steps) {
        const ids = there[framework] as Set<string>;
        if (what === 'add') table.add(executor(framework, id));
        if (what === 'add') ids.add(id);
        if (what === 'remove') table.remove(executor(framework, id));
        if (what === 'remove') ids.delete(id);
        if (what !== 'ask') continue;
        const executor_ids = table.idsOf(framework);
        const expected = [...ids].map((value) => ({ value }));
        assert.equal(executor_ids, expected);
        const offer = {
          id: { value: 'o' },
          framework_id: { value: framework },
          agent_id: { value: 's' },
          hostname: 'h',
        };
        const text = toJson('Offer', { ...offer, executor_ids: expected });
        assert.is(toJson('Offer', { ...offer, executor_ids }), text);
        const pieces = toJsonPieces('Offer', { ...offer, executor_ids });
        assert.is(pieces.join(''), text);
        assert.is(pieces.length, expected.length > 0 ? 3 : 1);
      }
    }),
  );
});

test('the ids of executors that come and go are written into the same memory', () => {
  const table = executorTable();
  const memory = new Set<ArrayBufferLike>();
  for (let n = 0; n < 200; n++) table.add(executor('f', `executor-${n}`));
  for (let n = 200; n < 1_000; n++) {
    table.remove(executor('f', `executor-${n - 200}`));
    table.add(executor('f', `executor-${n}`));
    const executor_ids = table.idsOf('f');
    const offer = {
      id: { value: 'o' },
      framework_id: { value: 'f' },
      agent_id: { value: 's' },
      hostname: 'h',
    };
    const [, bytes] = toJsonPieces('Offer', { ...offer, executor_ids });
    memory.add((bytes as Buffer).buffer);
  }
  assert.ok(memory.size <= 2, `${memory.size} pieces of memory`);
});

test.run();
