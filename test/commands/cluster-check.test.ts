import { systemClock } from '../../src/base/clock.ts';
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';

const test = suite('cluster check');

let line: CommandLine;
test.beforeEach(() => {
  line = commandLine();
});
test.afterEach(() => line.remove());

const CHECK = ['cluster', 'check', 'west'];
/** A call takes no time, however busy the machine is. */
const clock = { ...systemClock, monotonicMs: () => 0 };
const tiers = { method: 'getTierConfigs', args: ANY_ARGS, reply: { responseCode: 'OK' } };
const cron = { method: 'getCronJobStatus', args: ANY_ARGS };

test('a cluster that is well is ok in every line', async () => {
  const scheduler = await fakeScheduler([tiers, { ...cron, reply: { responseCode: 'INVALID_REQUEST' } }]);
  line.useScheduler(scheduler.ports[0]);
  const { code, stdout } = await line.run(CHECK, { clock });
  await scheduler.close();
  assert.is(code, 0, stdout);
  assert.equal(
    stdout
      .trim()
      .split('\n')
      .map((text) => text.slice(0, 16).trim()),
    ['entry', 'leader', 'answer', 'version', 'clock', 'latency'].map((name) => `ok      ${name}`),
  );
  assert.match(stdout, 'a scheduler of this project');
});

test("the original's scheduler is known by the calls that it lacks; a clock that is off is told", async () => {
  const scheduler = await fakeScheduler([tiers, { ...cron, reply: { $unknown: true } as object }]);
  line.useScheduler(scheduler.ports[0]);
  const { code, stdout } = await line.run(CHECK);
  await scheduler.close();
  assert.is(code, 7);
  assert.match(stdout, /^ok {6}version .*original's scheduler/m);
  assert.match(stdout, /^FAILED {2}clock .* s apart; set the clocks/m);
});

test('what is not there is told with what to do', async () => {
  line.useScheduler(1);
  const refused = await line.run(CHECK);
  assert.is(refused.code, 7);
  assert.match(refused.stdout, /^FAILED {2}answer .*ECONNREFUSED.*; see whether the scheduler runs there/m);
  line.write('clusters.json', [{ name: 'west', shceduler_uri: 'http://h:1' }]);
  assert.match(
    (await line.run(CHECK)).stdout,
    /^FAILED {2}entry .*"shceduler_uri" looks like "scheduler_uri"/m,
  );
});

test.run();
