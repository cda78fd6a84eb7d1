import { assert, count, suite } from '../harness/index.ts';
import { scenarios } from '../mesos/transcript.ts';
import { type Allowance, play, type Recording } from './replay/play.ts';

const test = suite('recorded Mesos conversations against the embedded cluster');
/** Recordings of what the embedded cluster is not for. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'sched-24-zookeeper-masters': 'several masters behind ZooKeeper: an embedded cluster has one master',
  'sched-34-launch-group': "Mesos' built-in default executor, which runs task groups in nested containers",
  'sched-44-checks': "checks of Mesos' built-in command executor",
};

const only = process.env.ONLY;

/** What single recordings may differ in, and why. */
const ALLOWANCES: Readonly<Record<string, Allowance>> = {
  // Mesos reaps processes every 100 ms, we at once: the recorded allocation came between two of the ends.
  'sched-15-executor-killed': { offersByTime: true },
  'sched-15-executor-killed.pb': { offersByTime: true },
  // The recorded allocation fell into the 2 ms between two calls.
  'sched-21-stream-id': { offersByTime: true },
  // A master of ours serves as soon as it listens: no 404 while it starts.
  'sched-23-master-restart': { without: ['sched-r0'] },
};

for (const scenario of scenarios() as Recording[]) {
  if (scenario.id in LEFT_OUT) continue;
  if (only && !new RegExp(only).test(scenario.id)) continue;
  test(scenario.id, async () => {
    const { compared } = await play(scenario, ALLOWANCES[scenario.id]);
    assert.ok(compared > 0);
    count('golden/mesos against the embedded cluster', 1);
  }, 30_000);
}

test.run();
