import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offerFlow } from '../../../src/scheduler/offers/offer-flow.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('offers while nothing is pending');

function setUp(idleDelayMs = 1_000) {
  const clock = manualClock();
  const said: string[] = [];
  const world = { pending: false, sent: true };
  /** Holds the calls back until it is called. */
  let answer: (() => void) | undefined;
  let held = false;
  const call = (name: string) => async () => {
    said.push(name);
    if (held)
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
    return world.sent;
  };
  const flow = offerFlow({
    clock,
    random: seededRandom(1),
    counters: counters(clock),
    calls: { suppress: call('suppress'), revive: call('revive') },
    idleDelayMs,
    pending: () => world.pending,
    giveBack: (sinceMs) =>
      void said.push(sinceMs === undefined ? 'give back' : `give back, all since ${sinceMs}`),
  });
  const pending = (now: boolean) => {
    world.pending = now;
    flow.changed();
  };
  /** Lets time and everything that was promised pass. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    flow,
    said,
    world,
    pending,
    pass,
    hold: () => {
      held = true;
    },
    release: async () => {
      held = false;
      answer?.();
      await pass(0);
    },
  };
}

test('offers go back when nothing has been pending for a while, and come again when something is', async () => {
  const { flow, said, pending, pass } = setUp();
  flow.subscribed();
  await pass(999);
  assert.equal(said, []);
  await pass(1);
  assert.equal(said, ['suppress', 'give back']);
  await pass(60_000);
  pending(true);
  await pass(0);
  assert.equal(said, ['suppress', 'give back', 'revive']);
  pending(true);
  await pass(60_000);
  assert.is(said.length, 3, 'once');
});

test('while something is pending nothing is said, and the time begins anew afterwards', async () => {
  const { flow, said, pending, pass } = setUp();
  flow.subscribed();
  await pass(900);
  pending(true);
  await pass(60_000);
  pending(false);
  await pass(999);
  assert.equal(said, []);
  await pass(1);
  assert.equal(said, ['suppress', 'give back, all since 0']);
});

test('a task that comes while the call is under way has its offers, in the right order', async () => {
  const { flow, said, pending, pass, hold, release } = setUp();
  hold();
  flow.subscribed();
  await pass(1_000);
  pending(true);
  await pass(0);
  assert.equal(said, ['suppress']);
  await release();
  assert.equal(said, ['suppress', 'revive']);
});

test('a REVIVE that fails is tried again; a SUPPRESS that fails may have arrived', async () => {
  const { flow, said, pending, pass, world } = setUp();
  world.sent = false;
  flow.subscribed();
  await pass(1_000);
  pending(true);
  await pass(0);
  assert.equal(said, ['suppress', 'give back', 'revive']);
  await pass(2_000);
  assert.is(said.length, 4);
  world.sent = true;
  await pass(60_000);
  assert.is(said.length, 5);
  await pass(600_000);
  assert.is(said.length, 5);
});

test('a new session begins with offers; without a session nothing is said', async () => {
  const { clock, flow, said, pending, pass } = setUp();
  pending(true);
  pending(false);
  await pass(60_000);
  assert.equal(said, []);
  flow.subscribed();
  await pass(1_000);
  flow.disconnected();
  pending(true);
  await pass(60_000);
  assert.equal(said, ['suppress', 'give back']);
  flow.subscribed();
  await pass(60_000);
  assert.equal(said, ['suppress', 'give back']);
  pending(false);
  flow.disconnected();
  assert.is(clock.pending(), 0);
});

test('the answer to a call of an earlier session says nothing about this one', async () => {
  const { flow, said, pass, hold, release } = setUp();
  hold();
  flow.subscribed();
  await pass(1_000);
  flow.disconnected();
  flow.subscribed();
  await release();
  assert.equal(said, ['suppress'], 'offers of the new session are kept');
  await pass(1_000);
  assert.equal(said, ['suppress', 'suppress', 'give back']);
});

test('who asks while nothing is pending has offers come for some seconds, once', async () => {
  const { clock, flow, said, pass } = setUp();
  flow.subscribed();
  await pass(1_000);
  assert.equal(said.splice(0), ['suppress', 'give back']);
  flow.ask();
  flow.ask();
  await pass(0);
  assert.equal(said, ['revive']);
  flow.ask();
  await pass(60_000);
  assert.equal(said.splice(0), ['revive', 'suppress', 'give back']);
  assert.is(clock.pending(), 0);
});

test('after five seconds of offers what was remembered from before is void', async () => {
  const { clock, flow, said, pass } = setUp(20_000);
  const sinceMs = clock.monotonicMs();
  flow.subscribed();
  await pass(20_000);
  assert.equal(said.splice(0), ['suppress', `give back, all since ${sinceMs}`]);
  flow.ask();
  await pass(0);
  const againMs = clock.monotonicMs();
  await pass(4_999);
  assert.equal(said.splice(0), ['revive']);
  await pass(1);
  assert.equal(said.splice(0), ['suppress', `give back, all since ${againMs}`]);
});

test('what is asked for stays when a task comes to be pending, and a failed call is not repeated for it', async () => {
  const { flow, said, pending, pass, world } = setUp();
  flow.subscribed();
  await pass(1_000);
  flow.ask();
  await pass(0);
  pending(true);
  await pass(60_000);
  assert.equal(said.splice(0), ['suppress', 'give back', 'revive']);
  pending(false);
  await pass(1_000);
  assert.is(said.splice(0)[0], 'suppress');
  world.sent = false;
  flow.ask();
  await pass(600_000);
  assert.equal(said.splice(0), ['revive']);
});

test.run();
