import { assert, count, suite } from '../harness/index.ts';
import { scenarios } from '../mesos/transcript.ts';
import { type Allowance, play, type Recording } from './replay/play.ts';

const test = suite('recorded Mesos conversations against the embedded cluster');
const only = process.env.ONLY;

/** What single recordings may differ in, and why. */
const ALLOWANCES: Readonly<Record<string, Allowance>> = {
  // Mesos reaps processes every 100 ms, we at once: the recorded allocation came between two of the ends.
  'sched-15-executor-killed': { offersByTime: true },
  'sched-15-executor-killed.pb': { offersByTime: true },
  // A master of ours serves as soon as it listens: no 404 while it starts.
  'sched-23-master-restart': { without: ['sched-r0'] },
};

for (const scenario of scenarios() as Recording[]) {
  if (only && !new RegExp(only).test(scenario.id)) continue;
  test(scenario.id, async () => {
    const { compared } = await play(scenario, ALLOWANCES[scenario.id]);
    assert.ok(compared > 0);
    count('golden/mesos against the embedded cluster', 1);
  }, 30_000);
}

test.run();
