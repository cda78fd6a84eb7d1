import { type HostMaintenanceRequest, type JobKey, toNumber } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import { policyKind } from '../sla/policy.ts';
import type { SlaQuestion, SlaVerdict } from '../sla/sla-gate.ts';
import type { TimerQueue } from '../state/watchdogs/timer-queue.ts';
import { jobKeyText } from '../storage/keys.ts';
import { DRAINING_MESSAGE, isDrainable } from './drainable.ts';
import type { DrainsSettings } from './drains-settings.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

/** Tasks that are judged in one transaction. */
const MOST_QUESTIONS = 200;

/** When the host's tasks go whatever their policies say, epoch milliseconds. */
export const deadlineMs = ({ createdTimestampMs, timeoutSecs }: HostMaintenanceRequest): number =>
  toNumber(createdTimestampMs) + toNumber(timeoutSecs) * 1000;

/** How long the host's tasks may still wait, in milliseconds; below 0 when the time is over. */
export const remainingMs = (request: HostMaintenanceRequest, nowMs: number): number =>
  deadlineMs(request) - nowMs;

export interface JobDrainsSettings extends DrainsSettings {
  readonly waiting: WaitingTasks;
  readonly timers: TimerQueue;
  /** To be looked at soon. */
  readonly lookAt: (job: JobKey) => void;
  /** The task waits no longer. */
  readonly forget: (taskId: string) => void;
}

/** Lets the waiting tasks of jobs go, as far as their policies allow. */
export interface JobDrains {
  /** Whether verdicts about the job are being written: it is to be looked at afterwards. */
  underWay(job: string): boolean;
  look(job: JobKey): Promise<void>;
  /** No task of the job waits any more. */
  forget(job: string): void;
}

export function jobDrains(settings: JobDrainsSettings): JobDrains {
  const { clock, counters, flags, forget, gate, log, lookAt, state, storage, timers, waiting } = settings;
  /** When jobs are looked at again because time alone may change a verdict. */
  const looks = new Map<string, { cancel(): void }>();
  const writing = new Set<string>();

  /** The question about a task; undefined while no request says how to drain its host. */
  const questionOf = ({ taskId, host }: WaitingTask): SlaQuestion | undefined => {
    const request = storage.read(({ maintenance }) => maintenance.get(host));
    if (!request) return undefined;
    const task = storage.read(({ tasks }) => tasks.get(taskId));
    const forced = remainingMs(request, clock.nowMs()) <= 0;
    return {
      taskId,
      policy: forced ? undefined : (task?.assignedTask.task.slaPolicy ?? request.defaultSlaPolicy),
      params: () => ({
        forceMaintenanceCountdownMs: String(Math.max(0, remainingMs(request, clock.nowMs()))),
      }),
      stands: ({ modes, tasks }) => {
        const now = tasks.get(taskId);
        return modes.of(host) === 'DRAINING' && now !== undefined && isDrainable(now);
      },
      act: (tx) => void state.changeState(tx, { taskId, to: 'DRAINING', message: DRAINING_MESSAGE }),
    };
  };
  const settle = (taskId: string, verdict: SlaVerdict) => {
    if (typeof verdict === 'string') return forget(taskId);
    const task = waiting.get(taskId);
    if (task) task.waitsFor = verdict.waitsFor;
  };

  /** A coordinator that says no is asked again at the next interval; a task is never in two questions at once. */
  const askAbout = async (task: WaitingTask, question: SlaQuestion) => {
    if (task.asking) return;
    task.asking = true;
    task.waitsFor = 'the answer of its SLA coordinator';
    try {
      settle(task.taskId, await gate.ask(question));
    } catch (error) {
      log.error({ task: task.taskId, error: messageOf(error) }, 'a task could not be drained');
    }
    if (waiting.get(task.taskId) !== task) return;
    timers.after(flags.hostMaintenancePollingIntervalMs, () => {
      task.asking = false;
      if (waiting.get(task.taskId) === task) lookAt(task.job);
    });
  };

  const lookLater = (job: JobKey, atMs: number | undefined) => {
    const text = jobKeyText(job);
    looks.get(text)?.cancel();
    looks.delete(text);
    if (atMs === undefined) return;
    looks.set(
      text,
      timers.after(atMs - clock.nowMs(), () => lookAt(job)),
    );
  };

  /** Judges all, in slices; when time alone may change a verdict. */
  const judgeAll = async (questions: readonly SlaQuestion[]): Promise<number | undefined> => {
    let againMs = Number.POSITIVE_INFINITY;
    for (let at = 0; at < questions.length; at += MOST_QUESTIONS) {
      const asked = questions.slice(at, at + MOST_QUESTIONS);
      for (const [index, verdict] of (await gate.judge(asked)).entries()) {
        settle((asked[index] as SlaQuestion).taskId, verdict);
        if (typeof verdict !== 'string') againMs = Math.min(againMs, verdict.againMs ?? againMs);
      }
    }
    return Number.isFinite(againMs) ? againMs : undefined;
  };

  return {
    underWay: (job) => writing.has(job),
    async look(job) {
      const text = jobKeyText(job);
      const counted: SlaQuestion[] = [];
      for (const task of waiting.ofJob(text)) {
        const question = questionOf(task);
        if (!question) {
          counters.add('missing_maintenance_request');
          task.waitsFor = 'a maintenance request: none is stored for its host';
        } else if (policyKind(question.policy)?.kind === 'coordinator') void askAbout(task, question);
        else counted.push(question);
      }
      if (counted.length === 0) return;
      writing.add(text);
      try {
        const againMs = await judgeAll(counted);
        if (waiting.hasJob(text)) lookLater(job, againMs);
      } catch (error) {
        log.error({ job: text, error: messageOf(error) }, 'the tasks of a job could not be drained');
      } finally {
        writing.delete(text);
      }
    },
    forget(job) {
      looks.get(job)?.cancel();
      looks.delete(job);
    },
  };
}
