import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock } from '../../src/base/clock.ts';
import { loopTurns } from '../../src/base/loop-turns.ts';
import { yieldTurn } from '../../src/base/turns.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('turns of the event loop');

/** An event loop by hand: `turn` runs what was scheduled before it began, as Node does with setImmediate. */
function eventLoop() {
  let nowMs = 0;
  let idleMs = 0;
  let scheduled: (() => void)[] = [];
  const turns = loopTurns({
    nowMs: () => nowMs,
    idleMs: () => idleMs,
    soon(run) {
      scheduled.push(run);
      return () => {
        scheduled = scheduled.filter((other) => other !== run);
      };
    },
  });
  const ran: string[] = [];
  const work = (ms: number) => {
    nowMs += ms;
  };
  return {
    turns,
    ran,
    work,
    idle(ms: number) {
      nowMs += ms;
      idleMs += ms;
    },
    /** Adds a piece that takes this long, and then does `after`. */
    piece: (name: string, ms: number, after?: () => void) =>
      turns.next(() => {
        ran.push(name);
        work(ms);
        after?.();
      }),
    /** Runs one turn; the names of the pieces that ran in it. */
    turn(): string[] {
      const from = ran.length;
      const now = scheduled;
      scheduled = [];
      for (const run of now) run();
      return ran.slice(from);
    },
  };
}

test('pieces share a turn until it has lasted for its time; the rest follow in order, before newer ones', () => {
  const loop = eventLoop();
  loop.piece('a', 6, () => loop.piece('a again', 1));
  loop.piece('b', 6);
  loop.piece('c', 6);
  loop.piece('d', 6);
  assert.equal(loop.turn(), ['a', 'b']);
  assert.equal(loop.turn(), ['c', 'd']);
  assert.equal(loop.turn(), ['a again']);
  assert.equal(loop.turn(), []);
});

test('what a turn did before counts, waiting does not, and one piece always runs', () => {
  const loop = eventLoop();
  loop.piece('first', 1);
  loop.turn();
  loop.idle(1_000);
  loop.work(4);
  assert.is(loop.turns.busyMs(), 4);
  for (const name of ['a', 'b', 'c']) loop.piece(name, 2);
  assert.equal(loop.turn(), ['a', 'b']);
  for (let turn = 0; turn < 2; turn++) {
    loop.work(50);
    loop.piece(`late ${turn}`, 3);
    assert.is(loop.turn().length, 1);
  }
  assert.equal(loop.turn(), ['late 1']);
});

test('a cancelled piece does not run, and holds up nobody', () => {
  const loop = eventLoop();
  loop.piece('a', 20);
  const cancel = loop.piece('b', 1);
  loop.piece('c', 1);
  assert.equal(loop.turn(), ['a']);
  cancel();
  assert.equal(loop.turn(), ['c']);
});

test('a piece that throws ends its own turn only', () => {
  const loop = eventLoop();
  loop.turns.next(() => {
    throw new Error('a fault');
  });
  assert.throws(() => loop.turn(), 'a fault');
  loop.piece('next', 1);
  assert.equal(loop.turn(), ['next']);
});

test('in this process, pieces that wait keep the context of their caller and what they resolve runs in between', async () => {
  const context = new AsyncLocalStorage<string>();
  const order: string[] = [];
  const piece = (name: string) =>
    context.run(name, async () => {
      await yieldTurn();
      const untilMs = systemClock.monotonicMs() + 11;
      while (systemClock.monotonicMs() < untilMs);
      await undefined;
      order.push(`${name}:${context.getStore()}`);
    });
  await Promise.all(['a', 'b', 'c'].map(piece));
  assert.equal(order, ['a:a', 'b:b', 'c:c']);
  const timer = systemClock.after(0, () => order.push('cancelled'));
  timer.cancel();
  await yieldTurn();
  assert.is(order.length, 3);
});

test.run();
