import type { Random } from '../../../src/base/random.ts';
import type { TaskInfo } from '../../../src/mesos/index.ts';
import { between, pick, type World } from '../world.ts';
import { type Agent, type Host, simulatedAgent } from './agent.ts';
import { type Connections, connections, type DriverObserver } from './driver.ts';
import { type Master, simulatedMaster } from './master.ts';

/** A Mesos cluster: a master, its agents, and the connection of one framework. */
export interface Cluster {
  readonly master: Master;
  readonly driverOf: Connections['driverOf'];
  breakConnection(noticedAfterMs: number): void;
  /** Each of these happens to some agent. */
  partition(random: Random, forMs: number): void;
  restart(random: Random): void;
  /** The machine dies; after so long it is back as an agent with another id. */
  die(random: Random, backAfterMs: number): void;
  crashTask(random: Random): void;
}

export interface ClusterOptions {
  readonly hosts: readonly Host[];
  readonly observer: DriverObserver;
  endsByItself(taskId: string): boolean;
  cannotRun(taskId: string): boolean;
  started(info: TaskInfo, host: Host): void;
  gone(taskId: string): void;
  violated(what: string): void;
}

/** The master takes an agent for lost after so long without an answer: five pings, 15 s apart. */
const CONTACT_MS = 75_000;

export function simulatedCluster(world: World, options: ClusterOptions): Cluster {
  const { time, random: fate, trace } = world;
  const master = simulatedMaster(world, options);
  const { driverOf, breakNow } = connections(world, master, options.observer);
  const agents = new Map<Host, Agent>();
  let ids = 0;

  const join = (host: Host) => {
    const agent = simulatedAgent(world, { ...options, id: `${host.name}-${++ids}`, host, link: master });
    agents.set(host, agent);
    time.after(between(fate, 0, 2_000), agent.start);
  };
  const watchContact = (agent: Agent) => {
    time.after(CONTACT_MS, () => {
      if (!agent.reachable()) master.lostContact(agent.id);
    });
  };
  const some = (random: Random): Agent | undefined => pick(random, [...agents.values()]);
  for (const host of options.hosts) join(host);

  return {
    master,
    driverOf,
    breakConnection(noticedAfterMs) {
      trace('network', `breaks, noticed after ${Math.round(noticedAfterMs)} ms`);
      breakNow(noticedAfterMs);
    },
    partition(random, forMs) {
      const agent = some(random);
      if (!agent?.reachable()) return;
      trace(agent.host.name, `is cut off for ${Math.round(forMs)} ms`);
      agent.partition(forMs);
      watchContact(agent);
    },
    restart(random) {
      const agent = some(random);
      if (!agent?.reachable()) return;
      trace(agent.host.name, 'restarts its agent');
      agent.restart();
    },
    die(random, backAfterMs) {
      const agent = some(random);
      if (!agent) return;
      trace(agent.host.name, `dies, back in ${Math.round(backAfterMs)} ms`);
      agent.die();
      agents.delete(agent.host);
      watchContact(agent);
      time.after(backAfterMs, () => join(agent.host));
    },
    crashTask(random) {
      const tasks = [...agents.values()].flatMap((agent) =>
        agent.tasks().map(({ taskId }) => ({ agent, taskId })),
      );
      const task = pick(random, tasks);
      task?.agent.crashTask(task.taskId);
    },
  };
}
