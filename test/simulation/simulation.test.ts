import type { JobUpdateStatus, ScheduleStatus } from '../../src/api/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { runSimulation } from './run.ts';
import { replayCommand, shrunk } from './shrink.ts';

const SEEDS = 1000;

/** Statuses that tasks must have been through in some of the runs. */
const MET: readonly ScheduleStatus[] = [
  'THROTTLED',
  'FINISHED',
  'FAILED',
  'KILLED',
  'LOST',
  'PARTITIONED',
  'PREEMPTING',
  'RESTARTING',
];
/** The same for updates. */
const UPDATES_MET: readonly JobUpdateStatus[] = [
  'ROLLED_FORWARD',
  'ROLLED_BACK',
  'FAILED',
  'ABORTED',
  'ROLL_FORWARD_PAUSED',
  'ROLL_FORWARD_AWAITING_PULSE',
];
/** What became of ticks of cron jobs; and tasks that drains let go. */
const OPERATIONS_MET: readonly string[] = ['STARTED', 'CANCELLED', 'IGNORED', 'MISSED', 'drained'];
const test = suite('simulation of the whole scheduler');

test('the same seed takes the same course twice', async () => {
  for (const seed of [1, 2, 3]) {
    const [once, again] = [await runSimulation({ seed }), await runSimulation({ seed })];
    assert.is(again.hash, once.hash);
    assert.is(again.events, once.events);
    assert.not(once.hash === (await runSimulation({ seed: seed + 100 })).hash);
  }
}, 60_000);

test(`no rule is broken in ${SEEDS} seeds`, async () => {
  let events = 0;
  const runsThatMet = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await runSimulation({ seed });
    events += result.events;
    for (const status of [...result.met, ...result.updatesMet, ...result.operationsMet])
      runsThatMet.set(status, (runsThatMet.get(status) ?? 0) + 1);
    if (result.violation === undefined) continue;
    const small = replayCommand(await shrunk(result));
    assert.unreachable(`seed ${seed}: ${result.violation}\n${small}`);
  }
  // A simulation in which nothing happens breaks no rule.
  const rare = [...MET, ...UPDATES_MET, ...OPERATIONS_MET].filter(
    (status) => (runsThatMet.get(status) ?? 0) < SEEDS / 50,
  );
  assert.equal(rare, [], `hardly met: ${JSON.stringify([...runsThatMet])}`);
  count('simulation seeds', SEEDS);
  count('simulation events', events);
}, 270_000);

test.run();
