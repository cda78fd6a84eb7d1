import type { Clock, Timer } from '../../src/base/clock.ts';
import type { Random } from '../../src/base/random.ts';
import type { SimulatedTask } from './simulated-task.ts';

/** Updates that schedulers have not acknowledged, of all simulated agents. One timer serves them all. */
export interface InFlight {
  /** Gives the task's update its uuid, 8 bytes that are random for the cluster and 8 that count, and watches it. */
  add(task: SimulatedTask): void;
  remove(task: SimulatedTask): void;
  size(): number;
  stop(): void;
}

/** How often they are sent again. Source: the first retry of golden/mesos sched-05. */
const RETRY_MS = 10_000;
const UUID_BYTES = 16;

export function inFlight(clock: Clock, random: Random): InFlight {
  const tasks = new Set<SimulatedTask>();
  const bytes = Buffer.alloc(UUID_BYTES);
  for (let at = 0; at < 8; at++) bytes[at] = 1 + Math.floor(random.next() * 255);
  let next = 1;
  let timer: Timer;
  const sweep = () => {
    const untilMs = clock.nowMs() - RETRY_MS;
    for (const task of tasks) if (task.sentMs <= untilMs) task.agent.send(task);
    timer = clock.after(RETRY_MS, sweep);
  };
  timer = clock.after(RETRY_MS, sweep);
  return {
    add(task) {
      bytes.writeDoubleBE(next++, 8);
      task.uuid = bytes.toString('base64');
      tasks.add(task);
    },
    remove(task) {
      task.uuid = undefined;
      tasks.delete(task);
    },
    size: () => tasks.size,
    stop: () => timer.cancel(),
  };
}
