/**
 * All reasons why a task ends, in one table. The first cause decides what is reported; later ones can only shorten the
 * time that the processes get. A new reason needs a line here and a companion that names it.
 */
import type { StageVerdict } from './task/stages.ts';

/** States an executor may report. TASK_KILLING is not one of them: the scheduler would take it for the task's end. */
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
  /** More processes failed than the task allows. */
  failed: 'TASK_FAILED',
  /** The task could not be prepared, or a companion could not be started. */
  'not started': 'TASK_FAILED',
  /** The scheduler sent a KILL. */
  killed: 'TASK_KILLED',
  /** The executor has to go: the agent sent SHUTDOWN, a signal came, or the agent is lost for good. */
  'shut down': 'TASK_KILLED',
  /** Too many health checks failed, or the task never became healthy. */
  unhealthy: 'TASK_FAILED',
  /** The sandbox takes more disk space than the task has reserved. */
  'over disk': 'TASK_FAILED',
  /** The announcer cannot reach ZooKeeper in time, or its credentials are refused. */
  'not announced': 'TASK_FAILED',
} as const satisfies Readonly<Record<string, ReportedState>>;

export interface EndCause {
  readonly kind: keyof typeof CAUSES;
  /** One or two sentences for people; becomes the message of the terminal status. */
  readonly reason: string;
}

/** The cause when the processes ended by themselves. A KILLED verdict always has a cause of its own already. */
export const causeOf = (verdict: StageVerdict, reason: string): EndCause => ({
  kind: verdict === 'SUCCESS' ? 'finished' : verdict === 'FAILED' ? 'failed' : 'killed',
  reason,
});

export const reportedState = ({ kind }: EndCause): ReportedState => CAUSES[kind];
