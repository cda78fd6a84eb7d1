import { assert, count, suite } from '../harness/index.ts';
import { scenarios } from '../mesos/transcript.ts';
import { play, type Recording } from './replay/play.ts';

const test = suite('recorded Mesos conversations against the embedded cluster');
const only = process.env.ONLY;

for (const scenario of scenarios() as Recording[]) {
  if (only && !new RegExp(only).test(scenario.id)) continue;
  test(scenario.id, async () => {
    const { compared } = await play(scenario);
    assert.ok(compared > 0);
    count('golden/mesos against the embedded cluster', 1);
  }, 30_000);
}

test.run();
