/**
 * kill -9 of executors, of the agent and of an observer, while 20 tasks run: no process is left behind, none runs twice,
 * and what is reported is true. AURORA_KILL_ROUNDS=100 makes a long run of it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assert, count, suite } from '../harness/index.ts';
import { LIMIT_MS, type TaskFleet, taskFleet } from './task-fleet.ts';

const test = suite('kill -9 under 20 tasks');

const ROUNDS = Number(process.env.AURORA_KILL_ROUNDS ?? 2);
const TASKS = 20;
const limitMs = 60_000 + ROUNDS * 20_000;

let fleet: TaskFleet;

/** Not in `before`: twenty executors take a while on a machine that is busy. */
test('twenty tasks come up', async () => {
  fleet = await taskFleet(ROUNDS > 2 ? 15_000 : 5_000);
  await fleet.start(TASKS);
  fleet.nothingElse();
}, 180_000);

test.after(async () => {
  await fleet?.remove();
});

test(
  'an executor: its task has FAILED and nothing of it is left, the others go on',
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await fleet.reported(await fleet.killExecutor(round), 'TASK_FAILED');
      fleet.nothingElse();
      await fleet.start(1);
      count('kill -9 of an executor under 20 tasks', 1);
    }
  },
  limitMs,
);

test(
  'the agent: its tasks go on as they are; one that lost its executor meanwhile has FAILED',
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      let lost: string | undefined;
      await fleet.killAgent(async () => {
        if (round % 2 === 0) lost = await fleet.killExecutor(round);
      });
      if (lost) await fleet.reported(lost, 'TASK_FAILED');
      await fleet.allRunning();
      fleet.nothingElse();
      if (lost) await fleet.start(1);
      count('kill -9 of the agent under 20 tasks', 1);
    }
  },
  limitMs,
);

interface Seen {
  readonly child: ChildProcess;
  /** States by task, as the observer shows them at this moment. */
  states(phase: 'active' | 'finished'): Promise<ReadonlyMap<string, string>>;
}

async function observer(): Promise<Seen> {
  const work = join(fleet.dataDir, 'cluster/work/agent-0');
  const argv = ['--import', './scripts/ts-loader.js', 'test/executor/observer-process.ts', work];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  return {
    child,
    async states(phase) {
      const answer = await fetch(`http://127.0.0.1:${Number(port)}/j/task_ids/${phase}/0/1000`);
      const { tasks } = (await answer.json()) as { tasks: { task_id: string; state: string }[] };
      const states = new Map(tasks.map(({ task_id, state }) => [task_id, state]));
      assert.is(states.size, tasks.length, 'no task is shown twice');
      return states;
    },
  };
}

/** Tasks whose executor was killed while an observer looked, or before it came. */
const killed: string[] = [];

test(
  'the observer: the next one shows every task as it is, and touches none',
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { child, states } = await observer();
      try {
        assert.equal(
          [...(await states('active'))].sort(),
          [...fleet.alive.keys()].map((id) => [id, 'ACTIVE']).sort(),
        );
        const finished = await states('finished');
        for (const id of killed) assert.is(finished.get(id), 'LOST', id);
        if (round % 2 === 0) {
          const id = await fleet.killExecutor(round);
          killed.push(id);
          for (const endMs = performance.now() + LIMIT_MS; (await states('finished')).get(id) !== 'LOST'; ) {
            assert.ok(performance.now() < endMs, `${id} is LOST in time`);
            await pause(50);
          }
        }
      } finally {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      fleet.nothingElse();
      if (round % 2 === 0) {
        await fleet.reported(killed.at(-1) as string, 'TASK_FAILED');
        await fleet.start(1);
      }
      count('kill -9 of the observer under 20 tasks', 1);
    }
  },
  limitMs,
);

test.run();
