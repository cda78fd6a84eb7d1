import { manualClock } from '../../src/base/manual-clock.ts';
import { lastReports } from '../../src/executor/last-reports.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('last reports of an executor');

/** Reports with one that nobody has acknowledged, at the end of the task. */
async function waiting({ connected = true } = {}) {
  const clock = manualClock();
  const reports = lastReports(clock);
  let acknowledge = () => {};
  let refuse: (error: Error) => void = () => {};
  let over = false;
  reports.connected(connected);
  reports.add(
    new Promise((resolve, reject) => {
      acknowledge = resolve;
      refuse = reject;
    }),
  );
  void reports.settled().then(() => {
    over = true;
  });
  const isOver = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return over;
  };
  return { ...reports, clock, acknowledge, refuse: () => refuse(new Error('no')), isOver };
}

test('they are waited for until the agent has stored or refused them', async () => {
  for (const how of ['acknowledge', 'refuse'] as const) {
    const reports = await waiting();
    assert.is(await reports.isOver(), false);
    reports[how]();
    assert.is(await reports.isOver(), true);
    assert.is(reports.clock.pending(), 0);
  }
});

test('an agent that is there and does not acknowledge is given 5 s', async () => {
  const reports = await waiting();
  reports.clock.advance(4_999);
  assert.is(await reports.isOver(), false);
  reports.clock.advance(1);
  assert.is(await reports.isOver(), true);
});

test('while the agent is away nothing counts, and a new one has its whole time', async () => {
  const reports = await waiting();
  reports.clock.advance(4_000);
  reports.connected(false);
  reports.clock.advance(14 * 60_000);
  assert.is(await reports.isOver(), false);
  reports.connected(true);
  reports.clock.advance(4_999);
  assert.is(await reports.isOver(), false);
  reports.acknowledge();
  assert.is(await reports.isOver(), true);
});

test('an agent that is lost for good is not waited for, before the end and after', async () => {
  const reports = await waiting({ connected: false });
  reports.giveUp();
  assert.is(await reports.isOver(), true);
  const early = await waiting({ connected: false });
  early.giveUp();
  await early.settled();
});

test('without reports there is nothing to wait for', async () => {
  await lastReports(manualClock()).settled();
});

test.run();
