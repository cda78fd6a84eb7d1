import { ACTIVE_STATES, type JobKey } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import { timerQueue } from '../../base/timer-queue.ts';
import type { StateEvent } from '../state/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { drainableOn, isDrainable, isEmpty, requestDrain } from './drainable.ts';
import type { DrainsSettings } from './drains-settings.ts';
import { jobDrains, MOST_QUESTIONS, remainingMs } from './job-drains.ts';
import { type WaitingTask, waitingTasks } from './waiting-tasks.ts';

/**
 * Empties the hosts that are DRAINING. A task has to go when its own SLA policy, or else the request's default policy,
 * allows it, and in any case at the request's deadline. A job is judged again when one of its tasks ends or becomes
 * RUNNING, when enough of them have been running for long enough, or when a deadline passes. Nothing ever scans all
 * hosts or tasks.
 */
export interface Drains {
  /**
   * Called when this scheduler becomes the leader: continues with every host that is DRAINING, and with those that are
   * DRAINED but not empty.
   */
  start(): void;
  /** Called when another request was stored for a host that is DRAINING. */
  requestChanged(host: string): void;
  /** The tasks on the host that have not been allowed to go yet, each with what it waits for. */
  waitingOn(host: string): readonly WaitingTask[];
  close(): void;
}

/** Longest time to work before other work gets its turn. */
const SLICE_MS = 5;

export function drains(settings: DrainsSettings): Drains {
  const { clock, counters, events, log, state, storage } = settings;
  const waiting = waitingTasks();
  const timers = timerQueue(clock);
  /** The hosts being drained, each with the timer for its deadline (undefined when it has passed). */
  const hosts = new Map<string, { cancel(): void } | undefined>();
  const gauges = new Map<string, string>();
  const readyJobs = new Map<string, JobKey>();
  const readyHosts = new Set<string>();
  /** Hosts whose tasks are to be looked for: the drain begins, or a launch was under way when it did. */
  const newHosts = new Set<string>();
  /** Hosts with another request; their tasks are known. */
  const changedHosts = new Set<string>();
  let slice: { cancel(): void } | undefined;
  let unsubscribe: (() => void) | undefined;

  const wake = () => {
    if (unsubscribe) slice ??= clock.after(0, work);
  };
  const lookAtJob = (job: JobKey, text: string) => {
    readyJobs.set(text, job);
    wake();
  };
  const forget = (taskId: string) => {
    const task = waiting.remove(taskId);
    if (!task) return;
    counters.forget(gauges.get(taskId) ?? '');
    gauges.delete(taskId);
    if (!waiting.hasJob(task.jobText)) jobs.forget(task.jobText);
  };
  const jobs = jobDrains({ ...settings, waiting, timers, lookAt: lookAtJob, forget });
  const countdownMs = (host: string): number => {
    const request = storage.read(({ maintenance }) => maintenance.get(host));
    return request ? remainingMs(request, clock.nowMs()) : 0;
  };

  /** Begins to follow the host's events; its tasks are looked at soon. */
  const watchHost = (host: string) => {
    if (!hosts.has(host)) hosts.set(host, undefined);
    newHosts.add(host);
    wake();
  };
  /** Judges the host's waiting tasks by its request, now and at its deadline. */
  const followRequest = (host: string) => {
    const lookAtTasks = () => {
      for (const { job, jobText } of waiting.onHost(host)) lookAtJob(job, jobText);
    };
    hosts.get(host)?.cancel();
    const leftMs = countdownMs(host);
    hosts.set(host, leftMs > 0 ? timers.after(leftMs, lookAtTasks) : undefined);
    lookAtTasks();
  };
  const beginWith = (host: string) => {
    for (const task of storage.read((stores) => drainableOn(stores, host))) {
      if (!waiting.add(task)) continue;
      const { instanceId, task: config, taskId } = task.assignedTask;
      // The gauge has the original's name, which contains the instance instead of the task.
      const gauge = `maintenance_countdown_ms_${jobKeyText(config.job)}/${instanceId}`;
      gauges.set(taskId, gauge);
      counters.gauge(gauge, () => countdownMs(host));
    }
    followRequest(host);
    readyHosts.add(host);
  };
  const settleSoon = (host: string) => {
    readyHosts.add(host);
    wake();
  };
  const leaveHost = (host: string) => {
    newHosts.delete(host);
    changedHosts.delete(host);
    hosts.get(host)?.cancel();
    hosts.delete(host);
    for (const { taskId } of [...waiting.onHost(host)]) forget(taskId);
  };

  /**
   * Marks a host without active tasks as DRAINED. The reverse, too: a task may have been placed on a host in the moment
   * in which it was marked, before scheduling knew; then the host is drained after all.
   */
  const settleHost = (host: string) => {
    const mode = storage.read(({ modes }) => modes.of(host));
    const empty = storage.read((stores) => isEmpty(stores, host));
    if (mode !== (empty ? 'DRAINING' : 'DRAINED')) return;
    storage
      .write((tx) => {
        if (empty) tx.maintenance.delete(host);
        else requestDrain(tx, host, clock.nowMs());
        state.setHostMode(tx, host, empty ? 'DRAINED' : 'DRAINING');
      })
      .catch((error) => log.error({ host, error: messageOf(error) }, 'a host could not be marked'));
  };

  /** Takes ready jobs until they have about as many waiting tasks as are judged at once. */
  const nextJobs = (): JobKey[] => {
    const batch: JobKey[] = [];
    let questions = 0;
    for (const [text, job] of readyJobs) {
      // The job's last verdicts are still being written; it is looked at after that.
      if (jobs.underWay(text)) continue;
      if (questions >= MOST_QUESTIONS) break;
      readyJobs.delete(text);
      batch.push(job);
      questions += waiting.countOfJob(text);
    }
    return batch;
  };
  function work(): void {
    slice = undefined;
    const endMs = clock.monotonicMs() + SLICE_MS;
    /** Whether other work should get its turn first; if so, `work` is called again later. */
    const spent = () => {
      if (clock.monotonicMs() < endMs) return false;
      wake();
      return true;
    };
    for (const host of newHosts) {
      newHosts.delete(host);
      beginWith(host);
      if (spent()) return;
    }
    for (const host of changedHosts) {
      changedHosts.delete(host);
      followRequest(host);
      if (spent()) return;
    }
    for (let batch = nextJobs(); batch.length > 0; batch = nextJobs()) {
      const looked = batch;
      void jobs.look(looked).then(() => {
        if (looked.some((job) => readyJobs.has(jobKeyText(job)))) wake();
      });
      if (spent()) return;
    }
    for (const host of readyHosts) {
      readyHosts.delete(host);
      settleHost(host);
      if (spent()) return;
    }
  }

  const onEvent = (event: StateEvent) => {
    if (event.kind === 'hostModeChanged') {
      if (event.mode === 'DRAINING') watchHost(event.host);
      else leaveHost(event.host);
      if (event.mode === 'DRAINED') settleSoon(event.host);
      return;
    }
    if ((event.kind !== 'tasksDeleted' && event.kind !== 'taskStateChanged') || hosts.size === 0) return;
    const deleted = event.kind === 'tasksDeleted';
    for (const task of deleted ? event.tasks : [event.task]) {
      const { taskId, slaveHost = '', task: config } = task.assignedTask;
      const ended = deleted || !ACTIVE_STATES.has(task.status);
      if (ended || !isDrainable(task)) forget(taskId);
      if (hosts.has(slaveHost)) {
        if (ended) {
          settleSoon(slaveHost);
          // The task's launch was under way when the drain began.
        } else if (isDrainable(task) && !waiting.get(taskId)) watchHost(slaveHost);
      }
      // Only these events give a job more room. When the time after RUNNING has passed is known, and has its own timer.
      const roomier = ended || task.status === 'RUNNING';
      if (!roomier) continue;
      const text = jobKeyText(config.job);
      if (waiting.hasJob(text)) lookAtJob(config.job, text);
    }
  };

  return {
    start() {
      unsubscribe = events.subscribe(onEvent);
      for (const [host, mode] of storage.read(({ modes }) => [...modes.all()]))
        if (mode === 'DRAINING') watchHost(host);
        else if (mode === 'DRAINED') settleSoon(host);
    },
    requestChanged(host) {
      if (!hosts.has(host)) return;
      changedHosts.add(host);
      wake();
    },
    waitingOn: (host) => [...waiting.onHost(host)],
    close() {
      unsubscribe?.();
      unsubscribe = undefined;
      slice?.cancel();
      timers.clear();
      for (const gauge of gauges.values()) counters.forget(gauge);
      gauges.clear();
      hosts.clear();
      waiting.clear();
      readyJobs.clear();
      readyHosts.clear();
      newHosts.clear();
      changedHosts.clear();
    },
  };
}
