import { assert, count, suite } from '../harness/index.ts';
import { NO_BUG } from './planted.ts';
import { runSimulation } from './run.ts';
import { replayCommand, shrunk } from './shrink.ts';

const SEEDS = 1000;
const test = suite('simulation of the whole scheduler');

test('the same seed takes the same course twice', async () => {
  for (const seed of [1, 2, 3]) {
    const [once, again] = [await runSimulation({ seed }), await runSimulation({ seed })];
    assert.is(again.hash, once.hash);
    assert.is(again.events, once.events);
    assert.not(once.hash === (await runSimulation({ seed: seed + 100 })).hash);
  }
});

test(`no rule is broken in ${SEEDS} seeds`, async () => {
  let events = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await runSimulation({ seed });
    events += result.events;
    if (result.violation === undefined) continue;
    const small = replayCommand(await shrunk(result, NO_BUG));
    assert.unreachable(`seed ${seed}: ${result.violation}\n${small}`);
  }
  count('simulation seeds', SEEDS);
  count('simulation events', events);
}, 300_000);

test.run();
