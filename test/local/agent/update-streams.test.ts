import fc from 'fast-check';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { type StampedStatus, updateStreams } from '../../../src/local/agent/update-streams.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('streams of status updates');

const TASK = { frameworkId: 'fw', taskId: 't' };
const status = (uuid: string, state: StampedStatus['state'] = 'TASK_RUNNING'): StampedStatus => ({
  task_id: { value: 't' },
  state,
  uuid,
});

function streams() {
  const clock = manualClock();
  const sent: { uuid: string; atMs: number }[] = [];
  const journal: string[] = [];
  const made = updateStreams(
    clock,
    {
      received: (_task, { uuid }) => void journal.push(`+${uuid}`),
      acknowledged: (_task, uuid) => void journal.push(`-${uuid}`),
    },
    (_task, { uuid }) => void sent.push({ uuid, atMs: clock.monotonicMs() }),
  );
  made.resendAll();
  return { clock, sent, journal, made };
}

test('an unacknowledged update comes again after 10, 20, 40 s and so on, at least every 10 minutes', () => {
  const { clock, sent, made } = streams();
  made.accept(TASK, status('a'));
  clock.advance(3_600_000);
  const gaps = sent.slice(1).map(({ atMs }, index) => (atMs - (sent[index]?.atMs ?? 0)) / 1000);
  assert.equal(gaps.slice(0, 9), [10, 20, 40, 80, 160, 320, 600, 600, 600]);
});

test('one update is in flight; the right acknowledgement, and only that, releases the next', () => {
  const { sent, made } = streams();
  made.accept(TASK, status('a', 'TASK_STARTING'));
  made.accept(TASK, status('b'));
  assert.is(made.acknowledge(TASK, 'b'), 'ignored');
  assert.is(made.acknowledge({ frameworkId: 'fw', taskId: 'other' }, 'a'), 'ignored');
  assert.equal(
    sent.map(({ uuid }) => uuid),
    ['a'],
  );
  assert.is(made.acknowledge(TASK, 'a'), 'acknowledged');
  assert.is(made.acknowledge(TASK, 'a'), 'ignored');
  assert.equal(
    sent.map(({ uuid }) => uuid),
    ['a', 'b'],
  );
});

test('a repeated uuid and what comes after a terminal state go nowhere', () => {
  const { journal, made } = streams();
  assert.is(made.accept(TASK, status('a', 'TASK_FINISHED')), 'new');
  assert.is(made.accept(TASK, status('a', 'TASK_FINISHED')), 'duplicate');
  assert.is(made.accept(TASK, status('b', 'TASK_FAILED')), 'late');
  assert.is(made.acknowledge(TASK, 'a'), 'finished');
  assert.equal(journal, ['+a', '-a']);
  assert.is(made.accept(TASK, status('c')), 'new', 'the task id may be used again');
});

test('while the master is away nothing is sent; afterwards the oldest of each stream at once', () => {
  const { clock, sent, made } = streams();
  made.pause();
  made.accept(TASK, status('a'));
  clock.advance(100_000);
  assert.equal(sent, []);
  made.resendAll();
  assert.equal(
    sent.map(({ uuid }) => uuid),
    ['a'],
  );
  made.stop();
  assert.is(clock.pending(), 0);
});

test('whatever order acknowledgements come in, every update is delivered once acknowledged in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 200 }), (guesses) => {
      const { journal, made } = streams();
      const uuids = [...'abcdefghij'];
      for (const uuid of uuids) made.accept(TASK, status(uuid));
      for (const guess of guesses) made.acknowledge(TASK, uuids[guess] as string);
      const done = journal.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
      assert.equal(done, uuids.slice(0, done.length));
      assert.equal(
        made.pending(TASK).map(({ uuid }) => uuid),
        uuids.slice(done.length),
      );
    }),
  );
});

test('a restored stream goes on where the earlier one was', () => {
  const { sent, made } = streams();
  made.pause();
  made.restore(TASK, [status('a', 'TASK_STARTING'), status('b'), status('c', 'TASK_FINISHED')], ['a']);
  assert.is(made.accept(TASK, status('b')), 'duplicate');
  made.resendAll('fw');
  assert.is(made.acknowledge(TASK, 'b'), 'acknowledged');
  assert.is(made.acknowledge(TASK, 'c'), 'finished');
  assert.equal(
    sent.map(({ uuid }) => uuid),
    ['b', 'c'],
  );
});

test.run();
