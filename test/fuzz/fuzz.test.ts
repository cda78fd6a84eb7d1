/** What others send, broken in every way: refused in our words, in bounded time and memory, and never half understood. */
import { assert, count, suite } from '../harness/index.ts';
import { fuzz } from './fuzz.ts';
import { reportText } from './report-text.ts';
import { TARGET_NAMES } from './targets.ts';

const test = suite('fuzzing');

/** Of each target; AURORA_FUZZ_SECONDS=10 looks closer. */
const SECONDS = Number(process.env.AURORA_FUZZ_SECONDS ?? 2);
const SEED = Number(process.env.AURORA_FUZZ_SEED ?? 1);

test(
  'every reader of foreign bytes refuses what it cannot take, and what it takes stays the same',
  async () => {
    const order = { seed: SEED, ms: SECONDS * 1000, first: 0 };
    const reports = await fuzz(TARGET_NAMES.map((name) => ({ name, ...order })));
    assert.equal(
      reports.map(({ name }) => name),
      TARGET_NAMES,
    );
    for (const report of reports) {
      assert.equal(report.findings, [], reportText(report));
      count(`fuzz ${report.name}`, report.executions);
    }
  },
  (60 + TARGET_NAMES.length * (SECONDS + 10)) * 1000,
);

test('a reader that throws, never ends, takes memory or changes a value is found, with the input that does it', async () => {
  const names = ['planted-throw', 'planted-hang', 'planted-memory', 'planted-change'];
  const orders = names.map((name) => ({ name, seed: SEED, ms: 120_000, first: 0 }));
  const found = (await fuzz(orders, undefined, 1)).map(({ findings }) => findings[0]);
  const texts = found.map((finding) => finding?.text ?? '');
  assert.match(texts[0]!, /^TypeError: /);
  assert.match(texts[1]!, /^does not end/);
  assert.match(texts[2]!, /takes memory: 1\d\d MB/);
  assert.match(texts[3]!, /changes a value/);
  for (const finding of found) assert.match(Buffer.from(finding!.input, 'hex').toString('latin1'), '!');
  const again = await fuzz([{ ...orders[0]!, input: found[0]!.input }]);
  assert.equal(again[0]!.findings[0]?.text.split('\n')[0], texts[0]!.split('\n')[0]);
}, 120_000);

test.run();
