import { count, suite } from '../../harness/index.ts';
import { scenarios } from '../../mesos/transcript.ts';
import { replay } from './replay.ts';

const test = suite('recorded conversations with the embedded agent');

/** Recordings in which an agent and its executors speak and that need nothing we leave out. */
const PLAYED =
  /^(exec-0(1|1b|2|3|4|5|6|8|9)-|sched-(04|05|11|13|14|15|16|16b|16c|29|30|31|32|33|37)-|oper-0(1|2|3)-)/;

const only = process.env.SCENARIO;
for (const scenario of scenarios().filter(({ id }) => (only ? id === only : PLAYED.test(id)))) {
  test(scenario.id, async () => {
    const steps = await replay(scenario);
    count('golden/mesos against the embedded agent', 1);
    count('golden/mesos against the embedded agent: steps compared', steps);
  }, 30_000);
}

test.run();
