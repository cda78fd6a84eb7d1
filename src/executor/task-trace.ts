import { TRACE_LABEL } from '../api/trace-label.ts';
import type { TraceSpan, Tracing } from '../base/tracing.ts';
import type { TaskInfo } from '../mesos/messages/types.ts';
import type { ReportedState } from './end-causes.ts';

/** Records a task's way from its launch to healthy as spans of the trace that its label names. */
export interface TaskTrace {
  launched(task: TaskInfo): void;
  reported(taskId: string, state: ReportedState, message: string | undefined): void;
}

/** A task without the label belongs to no trace, and nothing is recorded for it. */
export function taskTrace(tracing: Tracing): TaskTrace {
  let executor: { readonly taskId: string; readonly span: TraceSpan } | undefined;
  let healthy: TraceSpan | undefined;
  return {
    launched({ labels, task_id: { value: taskId } }) {
      const parent = labels?.labels?.find(({ key }) => key === TRACE_LABEL)?.value;
      if (executor || parent === undefined) return;
      executor = { taskId, span: tracing.start('executor', parent, { 'aurora.task': taskId }) };
    },
    reported(taskId, state, message) {
      if (executor?.taskId !== taskId) return;
      if (state === 'TASK_STARTING') {
        healthy ??= tracing.start('healthy', executor.span.traceparent, { 'aurora.task': taskId });
        return;
      }
      const failure = state === 'TASK_RUNNING' ? undefined : (message ?? state);
      healthy?.end({}, failure);
      executor.span.end({}, failure);
    },
  };
}
