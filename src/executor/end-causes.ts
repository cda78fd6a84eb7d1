/**
 * Every reason for which a task ends, in one table. The first cause that comes decides what is reported; later ones can
 * only shorten the time that the processes get. A new reason is a new line here, and a companion that names it.
 */
import type { StageVerdict } from './task/stages.ts';

/** States an executor may report. TASK_KILLING is none: the scheduler takes it for the end of the task. */
export type ReportedState =
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_LOST';

const CAUSES = {
  /** All processes have ended as they should. */
  finished: 'TASK_FINISHED',
  /** Processes failed, more of them than the task may have. */
  failed: 'TASK_FAILED',
  /** It could not be prepared, or a companion could not be started. */
  'not started': 'TASK_FAILED',
  /** The scheduler sent a KILL. */
  killed: 'TASK_KILLED',
  /** The executor has to go: SHUTDOWN of the agent, a signal, an agent that is lost for good. */
  'shut down': 'TASK_KILLED',
  /** Its health checks say so, or it never became healthy. */
  unhealthy: 'TASK_FAILED',
  /** It holds more of the disk than it has reserved. */
  'over disk': 'TASK_FAILED',
  /** The announcer cannot do its work, for good. */
  'not announced': 'TASK_FAILED',
} as const satisfies Readonly<Record<string, ReportedState>>;

export interface EndCause {
  readonly kind: keyof typeof CAUSES;
  /** One or two sentences for a person; becomes the message of the terminal status. */
  readonly reason: string;
}

/** What the processes' own end is called. A kill that nobody asked for cannot be. */
export const causeOf = (verdict: StageVerdict, reason: string): EndCause => ({
  kind: verdict === 'SUCCESS' ? 'finished' : verdict === 'FAILED' ? 'failed' : 'killed',
  reason,
});

export const reportedState = ({ kind }: EndCause): ReportedState => CAUSES[kind];
