import { assert, count, suite } from '../harness/index.ts';
import { scenarios } from '../mesos/transcript.ts';
import { type Allowance, play, type Recording } from './replay/play.ts';

const test = suite('recorded Mesos conversations against the embedded cluster');
const AGENT_ALONE = 'only the agent answers: held against it in test/local/agent';

/** Recordings that are not played here, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'exec-03-update-errors': AGENT_ALONE,
  'exec-07-domain-socket': 'executors over Unix sockets, which nobody of ours asks for',
  'exec-08-unacked-resubscribe': AGENT_ALONE,
  'exec-09-stopped-agent-executors': AGENT_ALONE,
  'oper-02-files': AGENT_ALONE,
  'oper-03-agent-operator-v1': AGENT_ALONE,
  'oper-04-container-exec': 'sessions in containers: there is no container here, only processes',
  'oper-04b-nested-containers': 'containers in containers: there is no container here, only processes',
  'sched-24-zookeeper-masters': 'several masters behind ZooKeeper: an embedded cluster has one master',
  'sched-34-launch-group': "Mesos' built-in default executor, which runs task groups in nested containers",
  'sched-44-checks': "checks of Mesos' built-in command executor",
};

/** What single recordings may differ in, and why. */
const ALLOWANCES: Readonly<Record<string, Allowance>> = {
  // Mesos reaps processes every 100 ms, we at once: the recorded allocation came between two of the ends.
  'sched-11-kill': { offersByTime: true },
  'sched-15-executor-killed': { offersByTime: true },
  'sched-15-executor-killed.pb': { offersByTime: true },
  'exec-01-lifecycle.pb': { offersByTime: true },
  'sched-30-command-tasks': { offersByTime: true },
  'sched-30-command-tasks.pb': { offersByTime: true },
  'sched-31-uri-fetch-failure': { offersByTime: true },
  // An allocation came between two operations here on a machine that was busy, as it may in Mesos.
  'sched-40-operations': { offersByTime: true },
  'sched-40-operations.pb': { offersByTime: true },
  // The oldest task is another one: our command executor starts faster.
  // And the agent's own view counts no resources for it, as the master's does not.
  'oper-01-state-endpoints': { unchecked: [95, 149, 153, 157, 165] },
  // The agent was killed 2 ms after the last acknowledgements were sent, and had not seen them.
  'sched-16-agent-restart.pb': { repeatsByTime: true },
  'sched-16c-agent-restart-noreregister': { repeatsByTime: true },
  'sched-32-executor-exits': { offersByTime: true },
  'sched-32-executor-exits.pb': { offersByTime: true },
  // The recorded allocation fell into the 2 ms between two calls.
  'sched-21-stream-id': { offersByTime: true },
  // A master of ours serves as soon as it listens: no 404 while it starts.
  'sched-23-master-restart': { without: ['sched-r0'] },
};

for (const scenario of scenarios() as Recording[]) {
  if (scenario.id in LEFT_OUT) continue;
  test(scenario.id, async () => {
    const { compared } = await play(scenario, ALLOWANCES[scenario.id]);
    assert.ok(compared > 0);
    count('golden/mesos against the embedded cluster', 1);
  }, 30_000);
}

test.run();
