import fc from 'fast-check';
import { byteWriter } from '../../../src/scheduler/storage/bytes.ts';
import { memoryTables } from '../../../src/scheduler/storage/index.ts';
import { moments } from '../../../src/scheduler/storage/moments.ts';
import { KIND, writeHead } from '../../../src/scheduler/storage/record-format.ts';
import { snapshotChunks } from '../../../src/scheduler/storage/snapshot-chunks.ts';
import { assert, suite } from '../../harness/index.ts';
import { applyAll, type Change, someChanges } from './random-changes.ts';
import { contents, deflateNow, sampleConfig, sampleTask } from './sample.ts';

const test = suite('views of one moment');

const change = (tables: ReturnType<typeof memoryTables>, changes: readonly Change[]) =>
  tables.fill((stores) => applyAll({ ...stores, afterCommit: () => {} }, changes));

function recordOf(ops: Uint8Array, number: number): Uint8Array {
  const head = byteWriter();
  writeHead(head, { kind: KIND.changes, madeMs: 0, number });
  return Buffer.concat([head.take(), ops]);
}

test('a moment has each value once, as it was, whatever changes while it is read', () => {
  const group = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), group, values: fc.array(fc.nat(9), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('read' as const), which: fc.nat(2), count: fc.nat(4) }),
    fc.record({ kind: fc.constant('close' as const), which: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const groups = new Map<string, readonly number[]>();
      const all = moments<string>(
        () => groups.keys(),
        (name) => (groups.get(name) ?? []).map((value) => `${name}${value}`),
      );
      const everything = () =>
        [...groups].flatMap(([name, values]) => values.map((value) => `${name}${value}`));
      const taken: {
        readonly expected: string[];
        readonly seen: string[];
        readonly rest: Iterator<string>;
        close(): void;
      }[] = [];
      for (const step of steps) {
        if (step.kind === 'set') {
          all.changing(step.group);
          // Now and then a group goes, and comes back at the end.
          if (step.values.length === 0) groups.delete(step.group);
          else groups.set(step.group, step.values);
        } else if (step.kind === 'take') {
          const moment = all.take();
          const rest = moment.values[Symbol.iterator]();
          taken.push({ expected: everything().sort(), seen: [], rest, close: moment.close });
        } else if (step.kind === 'read') {
          const { rest, seen } = taken[step.which] ?? {};
          for (let count = 0; count < step.count; count++) {
            const next = rest?.next();
            if (next && !next.done) seen?.push(next.value);
          }
        } else taken.splice(step.which, 1)[0]?.close();
      }
      for (const { expected, seen, rest, close } of taken) {
        for (let next = rest.next(); !next.done; next = rest.next()) seen.push(next.value);
        assert.equal(seen.sort(), expected);
        close();
      }
      assert.is(all.anyOpen(), false);
    }),
    { numRuns: 1_000 },
  );
});

test('a view makes what was there, with changes between any two of its values', () => {
  fc.assert(
    fc.property(
      fc.array(someChanges, { maxLength: 4 }),
      fc.array(someChanges, { maxLength: 10 }),
      (before, meanwhile) => {
        const tables = memoryTables();
        for (const changes of before) change(tables, changes);
        const expected = contents(tables.stores);
        const rest = [...meanwhile];
        const view = tables.view();
        change(tables, rest.pop() ?? []);
        const copy = memoryTables();
        for (const ops of view.ops(1)) {
          copy.replay(recordOf(ops, copy.lastRecord() + 1));
          change(tables, rest.pop() ?? []);
        }
        view.close();
        view.close();
        assert.equal(contents(copy.stores), expected);
      },
    ),
    { numRuns: 300 },
  );
});

const LARGE = 'x'.repeat(50_000);
const large = (job: number) =>
  sampleConfig(`large-${job}`, { executorConfig: { name: 'x', data: `${job}${LARGE}` } });

test('the ops of a view make its moment, though jobs change, go and come between the pieces', async () => {
  const tables = memoryTables();
  tables.fill(({ tasks }) => {
    for (let job = 0; job < 20; job++)
      for (let instance = 0; instance < 3; instance++)
        tasks.save(sampleTask(`${job}-${instance}`, instance, 'RUNNING', large(job)));
  });
  const expected = contents(tables.stores);
  const view = tables.view();
  let pieces = 0;
  const slowly = function* () {
    for (const piece of view.ops()) {
      yield piece;
      const job = 19 - pieces++;
      tables.fill(({ tasks }) => {
        // The configuration goes with its last task, and an equal one comes under another number.
        for (let instance = 0; instance < 3; instance++) tasks.delete(`${job}-${instance}`);
        tasks.save(sampleTask(`new-${job}`, 0, 'PENDING', large(100 + job)));
      });
      tables.fill(({ tasks }) => void tasks.save(sampleTask(`again-${job}`, 0, 'PENDING', large(job))));
    }
  };
  const copy = memoryTables();
  for await (const chunk of snapshotChunks(slowly(), { madeMs: 0, number: 7 }, deflateNow))
    copy.replay(chunk);
  view.close();
  assert.ok(pieces >= 10, `${pieces} pieces`);
  assert.equal(contents(copy.stores), expected);
  assert.is(copy.lastRecord(), 7);
});

test('chunks come in order, none before it is asked for', async () => {
  let made = 0;
  const pieces = (function* () {
    for (; made < 10; made++) yield Uint8Array.of(made);
  })();
  const copies: number[] = [];
  for await (const chunk of snapshotChunks(pieces, { madeMs: 0, number: 0 }, async (bytes) => bytes)) {
    assert.is(made, copies.length);
    copies.push(chunk.at(-1) as number);
  }
  assert.equal(copies, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test.run();
