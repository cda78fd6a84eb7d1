import { type HostMaintenanceRequest, type JobKey, toNumber } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { TimerQueue } from '../../base/timer-queue.ts';
import { policyKind } from '../sla/policy.ts';
import type { SlaQuestion, SlaVerdict } from '../sla/sla-gate.ts';
import { jobKeyText } from '../storage/keys.ts';
import { DRAINING_MESSAGE, isDrainable } from './drainable.ts';
import type { DrainsSettings } from './drains-settings.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

/** Most tasks judged in one transaction. */
export const MOST_QUESTIONS = 100;

/** When the host's tasks have to go whatever their policies say, epoch milliseconds. */
export const deadlineMs = ({ createdTimestampMs, timeoutSecs }: HostMaintenanceRequest): number =>
  toNumber(createdTimestampMs) + toNumber(timeoutSecs) * 1000;

/** How long the host's tasks may still wait, in milliseconds; negative after the deadline. */
export const remainingMs = (request: HostMaintenanceRequest, nowMs: number): number =>
  deadlineMs(request) - nowMs;

/** A job with the questions about its waiting tasks. */
interface AskedJob {
  readonly job: JobKey;
  readonly text: string;
  readonly questions: readonly AskedTask[];
}

interface AskedTask {
  readonly task: WaitingTask;
  readonly question: SlaQuestion;
}

export interface JobDrainsSettings extends DrainsSettings {
  readonly waiting: WaitingTasks;
  readonly timers: TimerQueue;
  /** Has the job looked at soon. */
  readonly lookAt: (job: JobKey, text: string) => void;
  /** Called when the task no longer waits. */
  readonly forget: (taskId: string) => void;
}

/** Drains the waiting tasks of jobs, as far as their policies allow. */
export interface JobDrains {
  /** Whether verdicts about the job are being written; if so, it has to be looked at again afterwards. */
  underWay(job: string): boolean;
  /** Judges the waiting tasks of these jobs, many jobs in one transaction. */
  look(jobs: readonly JobKey[]): Promise<void>;
  /** Called when no task of the job waits any more. */
  forget(job: string): void;
}

export function jobDrains(settings: JobDrainsSettings): JobDrains {
  const { clock, counters, flags, forget, gate, log, lookAt, state, storage, timers, waiting } = settings;
  /** Timers for jobs whose verdict may change by time alone. */
  const looks = new Map<string, { cancel(): void }>();
  const writing = new Set<string>();

  /** The question about a task; undefined when no maintenance request is stored for its host. */
  const questionOf = ({ taskId, host, slaPolicy }: WaitingTask, nowMs: number): SlaQuestion | undefined => {
    const request = storage.read(({ maintenance }) => maintenance.get(host));
    if (!request) return undefined;
    const forced = remainingMs(request, nowMs) <= 0;
    return {
      taskId,
      policy: forced ? undefined : (slaPolicy ?? request.defaultSlaPolicy),
      params: () => ({
        forceMaintenanceCountdownMs: String(Math.max(0, remainingMs(request, clock.nowMs()))),
      }),
      stands: ({ modes }, task) => modes.of(host) === 'DRAINING' && isDrainable(task),
      act: (tx) => void state.changeState(tx, { taskId, to: 'DRAINING', message: DRAINING_MESSAGE }),
    };
  };
  const settle = (task: WaitingTask, verdict: SlaVerdict) => {
    if (typeof verdict === 'string') forget(task.taskId);
    else task.waitsFor = verdict.waitsFor;
  };

  /**
   * Asks a task's coordinator. If it says no, asks again after the polling interval; there is never more than one
   * question per task.
   */
  const askAbout = async (task: WaitingTask, question: SlaQuestion) => {
    if (task.asking) return;
    task.asking = true;
    task.waitsFor = 'the answer of its SLA coordinator';
    try {
      settle(task, await gate.ask(question));
    } catch (error) {
      log.error({ task: task.taskId, error: messageOf(error) }, 'a task could not be drained');
    }
    if (waiting.get(task.taskId) !== task) return;
    timers.after(flags.hostMaintenancePollingIntervalMs, () => {
      task.asking = false;
      if (waiting.get(task.taskId) === task) lookAt(task.job, task.jobText);
    });
  };

  const lookLater = ({ job, text }: AskedJob, atMs: number | undefined) => {
    looks.get(text)?.cancel();
    looks.delete(text);
    if (atMs === undefined) return;
    looks.set(
      text,
      timers.after(atMs - clock.nowMs(), () => lookAt(job, text)),
    );
  };

  /** Judges all questions in slices, and sets a timer for each job whose verdict may change by time alone. */
  const judgeAll = async (asked: readonly AskedJob[]): Promise<void> => {
    const againMs = new Map<AskedJob, number>();
    const all = asked.flatMap((one) => one.questions.map(({ task, question }) => ({ one, task, question })));
    for (let at = 0; at < all.length; at += MOST_QUESTIONS) {
      const some = all.slice(at, at + MOST_QUESTIONS);
      const verdicts = await gate.judge(some.map(({ question }) => question));
      for (const [index, verdict] of verdicts.entries()) {
        const { one, task } = some[index]!;
        settle(task, verdict);
        if (typeof verdict === 'string' || verdict.againMs === undefined) continue;
        againMs.set(one, Math.min(verdict.againMs, againMs.get(one) ?? verdict.againMs));
      }
    }
    for (const one of asked) if (waiting.hasJob(one.text)) lookLater(one, againMs.get(one));
  };
  /** Resolves to the error, or to undefined when all went well. */
  const spoiled = (asked: readonly AskedJob[]): Promise<unknown> =>
    judgeAll(asked).then(
      () => undefined,
      (error) => error,
    );
  /** Judges all jobs together; if that fails, each alone, so that only the one at fault fails. */
  const judgeEach = async (asked: readonly AskedJob[]): Promise<void> => {
    if (!(await spoiled(asked))) return;
    for (const one of asked) {
      const error = await spoiled([one]);
      if (error)
        log.error({ job: one.text, error: messageOf(error) }, 'the tasks of a job could not be drained');
    }
  };

  /** The questions that can be answered by counting. Those for coordinators are sent right here. */
  const questionsOf = (text: string): AskedTask[] => {
    const counted: AskedTask[] = [];
    const nowMs = clock.nowMs();
    for (const task of waiting.ofJob(text)) {
      const question = questionOf(task, nowMs);
      if (!question) {
        counters.add('missing_maintenance_request');
        task.waitsFor = 'a maintenance request: none is stored for its host';
      } else if (policyKind(question.policy)?.kind === 'coordinator') void askAbout(task, question);
      else counted.push({ task, question });
    }
    return counted;
  };

  return {
    underWay: (job) => writing.has(job),
    async look(batch) {
      const asked = batch
        .map((job): AskedJob => {
          const text = jobKeyText(job);
          return { job, text, questions: questionsOf(text) };
        })
        .filter(({ questions }) => questions.length > 0);
      for (const { text } of asked) writing.add(text);
      await judgeEach(asked);
      for (const { text } of asked) writing.delete(text);
    },
    forget(job) {
      looks.get(job)?.cancel();
      looks.delete(job);
    },
  };
}
