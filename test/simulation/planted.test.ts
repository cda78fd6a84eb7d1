import { assert, suite } from '../harness/index.ts';
import { PLANTED } from './planted.ts';
import { runSimulation } from './run.ts';
import type { Wraps } from './scheduler-process.ts';

/** A bug that needs more seeds than this to show would get through. */
const ENOUGH_SEEDS = 150;
const test = suite('planted bugs');

async function firstFailure(wraps: Wraps): Promise<string | undefined> {
  for (let seed = 1; seed <= ENOUGH_SEEDS; seed++) {
    const { violation } = await runSimulation({ seed, wraps });
    if (violation !== undefined) return violation;
  }
  return undefined;
}

/** What the referee may say about each; anything else would mean that it was found by accident. */
const SAID: Readonly<Record<string, RegExp>> = {
  'ack before commit': /acknowledged|not stored|half of one/,
  'no sync': /does not start: the log is damaged|acknowledged|not stored/,
  'update acknowledged early': /was acknowledged, but the task is stored as/,
  'double launch': /double launch/,
  'limit off by one': /over its limit/,
  'lost kill': /still runs|has not come back/,
  'quota race': /of a quota of/,
  oversold: /oversold/,
  'no reconciliation': /no such task runs|has not come back|still runs/,
};

test('every planted bug has a rule that finds it', () => {
  assert.equal(Object.keys(PLANTED).sort(), Object.keys(SAID).sort());
  assert.ok(Object.keys(PLANTED).length >= 5);
});

for (const [name, wraps] of Object.entries(PLANTED))
  test(`${name} is found`, async () => {
    const violation = await firstFailure(wraps);
    assert.ok(violation, `not within ${ENOUGH_SEEDS} seeds`);
    assert.match(violation, SAID[name] as RegExp);
  }, 60_000);

test.run();
