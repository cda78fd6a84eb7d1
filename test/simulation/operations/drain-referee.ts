import { ACTIVE_STATES, TERMINAL_STATES, toNumber, type Wire } from '../../../src/api/index.ts';
import type { DurableState } from '../durable-state.ts';
import { instanceOf, type JobSpec } from '../jobs.ts';
import type { Drain, DrainOwner } from './drain-owner.ts';

type Task = Wire<'ScheduledTask'>;

/** Holds drains against their promises: none breaks a policy before its deadline, and a host that is DRAINED is empty. */
export interface DrainReferee {
  /** @param exact the clock was never set: times of different tasks compare. */
  seen(tasks: readonly Task[], exact: boolean): void;
  /** A drain that is under way has had more than its time. */
  late(): void;
  /** Whether a task was let go by a drain. */
  met(): boolean;
}

export interface DrainRefereeOptions {
  readonly jobs: readonly JobSpec[];
  readonly hosts: readonly string[];
  readonly durable: DurableState;
  /** -min_required_instances_for_sla_check */
  readonly least: number;
  owner(): DrainOwner;
  violated(what: string): void;
}

const MESSAGE = 'Draining machine for maintenance.';

interface Moment {
  readonly status: string;
  readonly atMs: number;
  readonly message: string | undefined;
}

const historyOf = ({ taskEvents = [] }: Task): readonly Moment[] =>
  taskEvents.map(({ status, timestamp = 0, message }) => ({
    status: status ?? 'INIT',
    atMs: toNumber(timestamp),
    message,
  }));
/** The event that holds at a moment; of what happened in that very millisecond only drains count. */
const standing = (history: readonly Moment[], atMs: number): Moment | undefined =>
  history.findLast((event) => event.atMs < atMs || (event.atMs === atMs && event.message === MESSAGE));

export function drainReferee(options: DrainRefereeOptions): DrainReferee {
  const { jobs, hosts, durable, least, violated } = options;
  const judged = new Set<string>();
  const drainOf = (host: string | undefined, atMs: number): Drain | undefined =>
    options.owner().drains.findLast((drain) => drain.host === host && drain.sentMs <= atMs);

  /** Whether so many of the others ran for long enough when the task was let go. */
  const checkPolicy = (task: Task, atMs: number, ofJob: readonly Task[]) => {
    const drain = drainOf(task.assignedTask?.slaveHost, atMs);
    // Its request is no older than when it was sent: until then its deadline cannot have passed.
    if (!drain || atMs >= drain.sentMs + drain.timeoutSecs * 1_000) return;
    let total = 0;
    let running = 0;
    for (const one of ofJob) {
      const now = standing(historyOf(one), atMs);
      if (!now || TERMINAL_STATES.has(now.status as never)) continue;
      total++;
      if (now.status === 'RUNNING' && atMs - now.atMs >= drain.policy.durationSecs * 1_000) running++;
    }
    if (total < least) return;
    const wanted = (total * drain.policy.percentage) / 100;
    const required = total - wanted < 1 ? total - 1 : wanted;
    if (running < required - 1e-9)
      violated(
        `${task.assignedTask?.taskId} was let go with ${running} of ${total} running, ${drain.policy.percentage} % were promised`,
      );
  };
  const checkEmpty = () => {
    const { modes, tasks } = durable.stores();
    for (const host of hosts) {
      if (modes.of(host) !== 'DRAINED') continue;
      const left = tasks.onHost(host).find(({ status }) => ACTIVE_STATES.has(status));
      if (left) violated(`${host} is DRAINED, and ${left.assignedTask.taskId} is ${left.status} there`);
    }
  };
  return {
    met: () => judged.size > 0,
    seen(tasks, exact) {
      checkEmpty();
      for (const task of tasks) {
        const taskId = task.assignedTask?.taskId ?? '';
        const gone = historyOf(task).find(({ message }) => message === MESSAGE);
        if (!gone || judged.has(taskId)) continue;
        judged.add(taskId);
        const { prefix } = instanceOf(taskId);
        // Promises are made to production services.
        if (!exact || !jobs.some((job) => job.prefix === prefix && job.production)) continue;
        checkPolicy(
          task,
          gone.atMs,
          tasks.filter((one) => instanceOf(one.assignedTask?.taskId ?? '').prefix === prefix),
        );
      }
    },
    late() {
      const host = options.owner().out();
      const mode = host && durable.stores().modes.of(host);
      if (host && mode !== 'DRAINED') violated(`${host} is ${mode} long after its deadline`);
    },
  };
}
