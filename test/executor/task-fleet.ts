/** Tasks on an embedded cluster that is a process of its own, each with an executor and two processes that carry its mark. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { launchCluster, stopCluster } from '../../src/local/index.ts';
import type { TaskInfo } from '../../src/mesos/index.ts';
import { processEntry } from '../../src/proc/process-id.ts';
import { environmentOf, processTable } from '../../src/proc/process-table.ts';
import { assert } from '../harness/index.ts';
import { subscribe, until } from '../local/raw-framework.ts';
import { executorProgram } from './executor-program.ts';
import { taskData } from './scripted-agent.ts';

/** Generous: a machine that is busy starts an executor in seconds. */
export const LIMIT_MS = 120_000;

export interface TaskFleet {
  readonly dataDir: string;
  /** Tasks that have to run, and the processes of each. */
  readonly alive: ReadonlyMap<string, readonly number[]>;
  /** Starts so many tasks and waits until they are RUNNING with both processes. */
  start(number: number): Promise<void>;
  reported(taskId: string, state: string): Promise<unknown>;
  /** Kills the executor of one of the tasks and waits until nothing of it is alive; its id comes back. */
  killExecutor(round: number): Promise<string>;
  /** Kills master and agent, calls `meanwhile`, and starts them again. */
  killAgent(meanwhile: () => Promise<void>): Promise<void>;
  /** Asks the master anew for every task that has to run. */
  allRunning(): Promise<void>;
  /** Exactly the processes that have to be there are there. */
  nothingElse(): void;
  remove(): Promise<void>;
}

const isGone = (pid: number): boolean => processEntry(pid)?.zombie !== false;

const quantity = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
const resources = [quantity('cpus', 0.01), quantity('mem', 1)];

/** One process in the shell's session and one that has left it; neither cares for SIGTERM. */
const commandOf = (id: string): string =>
  `trap '' TERM; setsid env KILL_NINE=${id} sleep 100000 & exec env KILL_NINE=${id} sleep 100000`;

/** @param backMs how long a new agent waits for the executors of the one before it, and kills those that do not come */
export async function taskFleet(backMs: number): Promise<TaskFleet> {
  const program = await executorProgram();
  const dataDir = mkdtempSync(join(tmpdir(), 'aurora-kill-nine-'));
  const mark = basename(dataDir);
  const launch = () =>
    launchCluster({
      dataDir,
      agentFlags: { executorShutdownGracePeriodMs: 500, executorReregistrationTimeoutMs: backMs },
      startTimeoutMs: LIMIT_MS,
    });
  let cluster = await launch();
  let framework = await subscribe(cluster.master);
  const alive = new Map<string, readonly number[]>();
  const states = new Map<string, string>();
  /** Ids of offers that were taken. */
  const taken = new Set<string>();
  let heard = 0;
  let launched = 0;

  /** Processes of tasks by task, wherever they have gone. */
  const marked = (): ReadonlyMap<string, number[]> => {
    const found = new Map<string, number[]>();
    for (const { pid, zombie } of processTable()) {
      const id = zombie ? undefined : environmentOf(pid)?.find((one) => one.startsWith(`KILL_NINE=${mark}`));
      if (id)
        found.set(id.slice('KILL_NINE='.length), [...(found.get(id.slice('KILL_NINE='.length)) ?? []), pid]);
    }
    return found;
  };

  const executorOf = (taskId: string): number => {
    const own = processTable().filter(
      ({ pid, zombie }) =>
        !zombie &&
        environmentOf(pid)?.includes(`MESOS_EXECUTOR_ID=${taskId}`) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1] === program.file,
    );
    assert.is(own.length, 1, `executors of ${taskId}`);
    return own[0]?.pid as number;
  };

  const infoOf = (id: string, agentId: string): TaskInfo => ({
    name: id,
    task_id: { value: id },
    agent_id: { value: agentId },
    resources,
    data: taskData({ processes: [{ name: 'p', cmdline: commandOf(id) }] }, id),
    executor: {
      type: 'CUSTOM',
      executor_id: { value: id },
      command: { shell: true, value: `exec ${program.file} --nosetuid` },
      resources,
    },
  });

  /** Acknowledges what has come in. */
  const listen = () => {
    for (; heard < framework.events.length; heard++) {
      const status = framework.events[heard]?.update?.status;
      if (!status) continue;
      states.set(status.task_id.value, status.state);
      const { agent_id, task_id, uuid } = status;
      if (!uuid || !agent_id) continue;
      framework.call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } }).catch(() => {});
    }
  };
  const eventually = <T>(look: () => T | undefined, what: string): Promise<T> =>
    until(
      () => {
        listen();
        return look();
      },
      what,
      LIMIT_MS,
    );
  const reported = (id: string, state: string) =>
    eventually(() => states.get(id) === state || undefined, `${id} is ${state}`);
  const openOffer = () => {
    const rescinded = framework.events.map(({ rescind }) => rescind?.offer_id.value);
    return framework.events
      .flatMap(({ offers }) => offers?.offers ?? [])
      .find(({ id: { value } }) => !taken.has(value) && !rescinded.includes(value));
  };

  return {
    dataDir,
    alive,
    reported,
    async start(number) {
      await framework.call({ type: 'REVIVE' });
      const offer = await eventually(openOffer, 'an offer');
      taken.add(offer.id.value);
      const ids = Array.from({ length: number }, () => `${mark}-${launched++}`);
      const task_infos = ids.map((id) => infoOf(id, offer.agent_id.value));
      const operations = [{ type: 'LAUNCH' as const, launch: { task_infos } }];
      await framework.call({ type: 'ACCEPT', accept: { offer_ids: [offer.id], operations } });
      for (const id of ids) await reported(id, 'TASK_RUNNING');
      const all = await eventually(() => {
        const found = marked();
        return ids.every((id) => found.get(id)?.length === 2) ? found : undefined;
      }, 'two processes of each task');
      for (const id of ids) alive.set(id, all.get(id) as number[]);
    },
    async killExecutor(round) {
      const id = [...alive.keys()][(round * 7) % alive.size] as string;
      const pids = alive.get(id) as readonly number[];
      process.kill(executorOf(id), 'SIGKILL');
      await eventually(() => pids.every(isGone) || undefined, `the end of ${id}`);
      alive.delete(id);
      return id;
    },
    async killAgent(meanwhile) {
      const { pid } = cluster;
      process.kill(pid, 'SIGKILL');
      await until(() => isGone(pid) || undefined, 'the end of the agent', LIMIT_MS);
      framework.close();
      await meanwhile();
      cluster = await launch();
      framework = await subscribe(cluster.master, framework.frameworkId);
      heard = 0;
      taken.clear();
      states.clear();
    },
    async allRunning() {
      const tasks = [...alive.keys()].map((value) => ({ task_id: { value } }));
      let askAtMs = 0;
      await eventually(() => {
        // A master that is new does not answer for agents that have not come back yet.
        if (performance.now() > askAtMs) {
          framework.call({ type: 'RECONCILE', reconcile: { tasks } }).catch(() => {});
          askAtMs = performance.now() + 2_000;
        }
        return [...alive.keys()].every((id) => states.get(id) === 'TASK_RUNNING') || undefined;
      }, 'every task is TASK_RUNNING');
    },
    nothingElse() {
      const shown = (tasks: ReadonlyMap<string, readonly number[]>) =>
        [...tasks].map(([id, pids]) => `${id}: ${[...pids].sort((a, b) => a - b)}`).sort();
      assert.equal(shown(marked()), shown(alive));
    },
    async remove() {
      framework.close();
      await stopCluster({ dataDir });
      for (const pids of marked().values()) for (const pid of pids) process.kill(pid, 'SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
      await program.remove();
    },
  };
}
