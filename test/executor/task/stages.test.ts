import fc from 'fast-check';
import { parseTask } from '../../../src/api/thermos/parse.ts';
import type { ProcessOutcome } from '../../../src/executor/task/planner.ts';
import {
  advance,
  plansOf,
  type Stage,
  type StageEvent,
  type StageState,
  type TaskEffect,
  untouched,
} from '../../../src/executor/task/stages.ts';
import { assert, suite } from '../../harness/index.ts';

/** Plays a task by hand: every event gives the effects it had. */
function played(task: object) {
  const plans = plansOf(parseTask({ name: 't', ...task }));
  let state: StageState = untouched(plans);
  let nowMs = 0;
  const entered: string[] = [];
  return {
    at(ms: number) {
      nowMs = ms;
      return this;
    },
    on(event: StageEvent): readonly TaskEffect[] {
      const step = advance(plans, state, event, nowMs);
      state = step.state;
      for (const effect of step.effects) if (effect.kind === 'enter') entered.push(effect.state);
      return step.effects.filter(({ kind }) => kind !== 'enter');
    },
    /** States that were told of so far, beside the terminal one. */
    entered: () => entered,
    ended(process: string, outcome: ProcessOutcome = 'succeeded', detail = 'exit code 0') {
      return this.on({ kind: 'ended', process, outcome, detail });
    },
    tick() {
      return this.on({ kind: 'tick' });
    },
    quiet() {
      return this.on({ kind: 'quiet' });
    },
    kill(graceMs: number, reason = 'enough') {
      return this.on({ kind: 'kill', graceMs, reason });
    },
    stage: (): Stage => state.stage,
  };
}

const process = (name: string, more: object = {}) => ({ name, cmdline: 'true', ...more });
const start = (name: string, run = 0): TaskEffect => ({ kind: 'start', process: name, run });
const kinds = (effects: readonly TaskEffect[]) => effects.map(({ kind }) => kind);

const test = suite('executor task stages');

test('runs, cleans up, runs the final ones, makes sure and tells the verdict', () => {
  const task = played({ processes: [process('a'), process('f', { final: true })] });
  assert.equal(task.tick(), [start('a')]);
  assert.equal(kinds(task.at(100).ended('a')), ['terminate', 'wake']);
  assert.is(task.stage(), 'CLEANING');
  assert.equal(task.quiet()[0], start('f'));
  assert.is(task.stage(), 'FINALIZING');
  assert.equal(task.entered(), ['CLEANING', 'FINALIZING']);
  assert.equal(kinds(task.ended('f', 'failed')), ['destroy', 'wake']);
  assert.is(task.stage(), 'ENDING');
  assert.equal(task.quiet(), [{ kind: 'finish', verdict: 'SUCCESS', reason: 'all processes have ended' }]);
  assert.is(task.stage(), 'ENDED');
});

test('asks to be woken when a pause is over', () => {
  const task = played({ processes: [process('a', { max_failures: 2, min_duration: 5 })] });
  task.tick();
  assert.equal(task.at(1_000).ended('a', 'failed'), [{ kind: 'wake', atMs: 6_000 }]);
  assert.equal(task.at(6_000).tick(), [start('a', 1)]);
});

test('leftovers that outlast finalization_wait cost the final processes', () => {
  const task = played({ finalization_wait: 10, processes: [process('a'), process('f', { final: true })] });
  task.tick();
  task.at(1_000).ended('a');
  assert.equal(task.at(10_999).tick(), []);
  assert.equal(kinds(task.at(11_000).tick()), ['destroy', 'wake']);
  assert.is(task.stage(), 'ENDING');
});

test('finalization_wait covers leftovers and final processes together', () => {
  const task = played({ finalization_wait: 10, processes: [process('a'), process('f', { final: true })] });
  task.tick();
  task.ended('a');
  assert.equal(task.at(9_000).quiet(), [start('f'), { kind: 'wake', atMs: 10_000 }]);
  task.at(10_000).tick();
  assert.is(task.stage(), 'ENDING');
});

test('a kill brings its own time, even where finalization_wait is 0', () => {
  const task = played({ finalization_wait: 0, processes: [process('a'), process('f', { final: true })] });
  task.tick();
  assert.equal(task.kill(60_000), [{ kind: 'terminate' }, { kind: 'wake', atMs: 60_000 }]);
  task.ended('a', 'lost', 'killed by SIGTERM');
  assert.equal(task.at(500).quiet()[0], start('f'));
  task.ended('f');
  assert.equal(task.quiet(), [{ kind: 'finish', verdict: 'KILLED', reason: 'enough' }]);
});

test('a kill during the final processes lets them go on, and the task is KILLED', () => {
  const task = played({ finalization_wait: 10, processes: [process('f', { final: true })] });
  task.tick();
  assert.equal(task.quiet()[0], start('f'));
  assert.equal(task.at(1_000).kill(60_000), [{ kind: 'wake', atMs: 61_000 }]);
  assert.is(task.stage(), 'FINALIZING');
  task.ended('f');
  assert.equal(task.quiet()[0], { kind: 'finish', verdict: 'KILLED', reason: 'enough' });
});

test('a further kill shortens the wait but does not lengthen it, and keeps the first reason', () => {
  const task = played({ processes: [process('a')] });
  task.tick();
  task.kill(10_000, 'first');
  assert.equal(task.kill(60_000, 'second'), [{ kind: 'wake', atMs: 10_000 }]);
  assert.equal(task.kill(2_000, 'third'), [{ kind: 'wake', atMs: 2_000 }]);
  assert.equal(kinds(task.kill(0, 'fourth')), ['destroy', 'wake']);
  assert.equal(task.quiet(), [{ kind: 'finish', verdict: 'KILLED', reason: 'first' }]);
});

test('a kill without grace goes to SIGKILL at once', () => {
  const task = played({ processes: [process('a')] });
  task.tick();
  assert.equal(kinds(task.kill(0)), ['destroy', 'wake']);
});

test('what cannot be killed does not keep the verdict for ever', () => {
  const task = played({ processes: [process('a')] });
  task.tick();
  task.kill(0);
  assert.equal(task.at(9_999).tick(), []);
  assert.equal(kinds(task.at(10_000).tick()), ['finish']);
});

test('nothing happens after the end', () => {
  const task = played({ processes: [] });
  task.tick();
  task.quiet();
  task.quiet();
  assert.is(task.stage(), 'ENDED');
  assert.equal([task.tick(), task.quiet(), task.kill(0)], [[], [], []]);
});

test('as many failed processes as the task allows end it', () => {
  const processes = ['a', 'b', 'c'].map((name) => process(name));
  const task = played({ max_failures: 2, processes });
  task.tick();
  assert.equal(task.ended('a', 'failed'), []);
  assert.equal(kinds(task.ended('b', 'failed')), ['terminate', 'wake']);
});

const NAMES = ['a', 'b', 'c', 'f', 'g'];
const arbitraryTask = fc.record({
  max_concurrency: fc.integer({ min: 0, max: 3 }),
  max_failures: fc.integer({ min: 0, max: 3 }),
  finalization_wait: fc.integer({ min: 0, max: 20 }),
  processes: fc
    .array(
      fc.record({
        ephemeral: fc.boolean(),
        max_failures: fc.integer({ min: 0, max: 2 }),
        min_duration: fc.integer({ min: 0, max: 3 }),
      }),
      {
        minLength: 5,
        maxLength: 5,
      },
    )
    .map((all) => all.map((one, at) => process(NAMES[at] as string, { ...one, final: at > 2 }))),
});

test('every task ends, within max_concurrency, one run of a process at a time, and finishes once', () => {
  const outcomes = fc.infiniteStream(fc.constantFrom<ProcessOutcome>('succeeded', 'failed', 'lost'));
  const killAt = fc.option(fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(arbitraryTask, outcomes, killAt, (json, outcome, killStep) => {
      const task = played(json);
      const running = new Set<string>();
      const finished: TaskEffect[] = [];
      let nowMs = 0;
      let wakeMs: number | undefined;
      let watching = false;
      const perform = (effects: readonly TaskEffect[]) => {
        for (const effect of effects) {
          if (effect.kind === 'start') {
            assert.not.ok(running.has(effect.process), 'a second run at once');
            running.add(effect.process);
          }
          if (effect.kind === 'wake') wakeMs = effect.atMs;
          if (effect.kind === 'terminate' || effect.kind === 'destroy') watching = true;
          if (effect.kind === 'finish') finished.push(effect);
        }
        if (json.max_concurrency > 0) assert.ok(running.size <= json.max_concurrency, 'too many at once');
      };
      perform(task.tick());
      for (let step = 0; step < 5_000 && finished.length === 0; step++) {
        if (step === killStep) perform(task.kill(1_000));
        const [first] = running;
        if (first !== undefined) {
          running.delete(first);
          nowMs += 10;
          perform(task.at(nowMs).ended(first, outcome.next().value));
        } else if (watching) {
          watching = false;
          perform(task.at(nowMs).quiet());
        } else {
          assert.ok(wakeMs !== undefined, 'nothing runs and nothing is to come');
          nowMs = Math.max(nowMs, wakeMs as number);
          wakeMs = undefined;
          perform(task.at(nowMs).tick());
        }
      }
      assert.is(finished.length, 1);
    }),
    { numRuns: 200 },
  );
});

test.run();
