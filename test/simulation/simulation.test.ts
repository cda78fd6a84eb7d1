import type { JobUpdateStatus, ScheduleStatus } from '../../src/api/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { runSeeds } from './many-seeds.ts';
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
  const results = await runSeeds(1, SEEDS);
  const broken = results.find(({ violation }) => violation !== undefined);
  if (broken) {
    const small = replayCommand(await shrunk(await runSimulation({ seed: broken.seed })));
    assert.unreachable(`seed ${broken.seed}: ${broken.violation}\n${small}`);
  }
  const runsThatMet = new Map<string, number>();
  for (const status of results.flatMap(({ met }) => met))
    runsThatMet.set(status, (runsThatMet.get(status) ?? 0) + 1);
  // A simulation in which nothing happens breaks no rule.
  const rare = [...MET, ...UPDATES_MET, ...OPERATIONS_MET].filter(
    (status) => (runsThatMet.get(status) ?? 0) < SEEDS / 50,
  );
  assert.equal(rare, [], `hardly met: ${JSON.stringify([...runsThatMet])}`);
  count('simulation seeds', results.length);
  count(
    'simulation events',
    results.reduce((sum, { events }) => sum + events, 0),
  );
}, 270_000);

test.run();
