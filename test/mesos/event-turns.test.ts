import { manualClock } from '../../src/base/manual-clock.ts';
import { eventTurns } from '../../src/mesos/http/event-turns.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('events read in turns');

/** A record `a,b` is one of two events, a record with `!` cannot be read. */
function setUp({ eventMs = 0, mostSeen }: { eventMs?: number; mostSeen?: () => number } = {}) {
  const clock = manualClock();
  const seen: string[] = [];
  const told = { caughtUp: 0, unreadable: '' };
  let elapsedMs = 0;
  const turns = eventTurns<{ name: string }>({
    clock: { ...clock, monotonicMs: () => elapsedMs },
    decode({ bytes }) {
      if (bytes.length === 0) return undefined;
      if (bytes.includes('!')) throw new Error(`cannot read ${bytes}`);
      const events = bytes
        .toString()
        .split(',')
        .map((name) => ({ name }));
      return events.length === 1 ? events[0]! : events.values();
    },
    onEvent({ name }) {
      seen.push(name);
      elapsedMs += eventMs;
      if (name === 'stop') turns.stop();
    },
    onUnreadable: (error) => {
      told.unreadable = String(error);
    },
    isBusy: mostSeen && (() => seen.length >= mostSeen()),
    onCaughtUp: () => {
      told.caughtUp++;
    },
  });
  const add = (...texts: string[]) =>
    turns.add(texts.map((text) => ({ bytes: Buffer.from(text), length: text.length, isLast: true })));
  return { add, seen: () => seen.join(''), nextTurn: () => clock.runNext(), told, turns };
}

test('what there is time for is read at once, in its order', () => {
  const { add, seen, nextTurn, told } = setUp();
  assert.ok(add('a', '', 'b,c'));
  assert.is(seen(), 'abc');
  nextTurn();
  assert.ok(add('d'));
  assert.is(seen(), 'abcd');
  assert.is(told.caughtUp, 0);
});

test('a turn ends after some milliseconds, also in the middle of a record; then others have theirs', () => {
  const { add, seen, nextTurn, told } = setUp({ eventMs: 2 });
  assert.not(add('a', 'b,c,d,e', 'f'));
  assert.is(seen(), 'abc');
  assert.not(add('g'));
  assert.is(seen(), 'abc', 'what arrives in the same turn waits behind the others');
  nextTurn();
  assert.is(seen(), 'abcdef');
  assert.is(told.caughtUp, 0);
  nextTurn();
  assert.is(seen(), 'abcdefg');
  assert.is(told.caughtUp, 1);
});

test('chunks that arrive in one turn share its time', () => {
  const { add, seen, nextTurn, told } = setUp({ eventMs: 2 });
  assert.ok(add('a'));
  assert.ok(add('b', 'c'));
  assert.not(add('d'));
  assert.is(seen(), 'abc');
  nextTurn();
  assert.is(seen(), 'abcd');
  assert.is(told.caughtUp, 1);
});

test('nothing is read after a record that cannot be read, nor after a stop', () => {
  const broken = setUp();
  broken.add('a', 'b!', 'c');
  assert.is(broken.seen(), 'a');
  assert.match(broken.told.unreadable, /cannot read b!/);
  broken.add('d');
  assert.is(broken.seen(), 'a');

  const stopped = setUp({ eventMs: 10 });
  stopped.add('a', 'stop', 'b');
  stopped.nextTurn();
  stopped.add('c');
  stopped.nextTurn();
  assert.is(stopped.seen(), 'astop');
  assert.is(stopped.told.caughtUp, 0);
});

test('while their receiver is busy events wait, in the middle of a record, too', () => {
  let most = 2;
  const { add, seen, nextTurn, told } = setUp({ mostSeen: () => most });
  assert.not(add('a', 'b,c', 'd'));
  assert.is(seen(), 'ab');
  nextTurn();
  nextTurn();
  assert.is(seen(), 'ab', 'it is asked again at every turn');
  assert.not(add('e'));
  most = 4;
  nextTurn();
  assert.is(seen(), 'abcd');
  assert.is(told.caughtUp, 0);
  most = 6;
  nextTurn();
  assert.is(seen(), 'abcde');
  assert.is(told.caughtUp, 1);
  assert.ok(add('f'));
});

test.run();
