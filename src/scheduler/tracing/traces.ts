import { AsyncLocalStorage } from 'node:async_hooks';
import { isReadCall, type ScheduledTask } from '../../api/index.ts';
import type { TraceSpan, Tracing } from '../../base/tracing.ts';
import type { Dispatch } from '../http/rpc/dispatch.ts';
import { jobOf } from '../security/call-permission.ts';
import type { StateEvents } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';

/** Where a task of a traced call is on its way. */
interface TaskTrace {
  readonly parent: string;
  readonly about: { readonly 'aurora.task': string; readonly 'aurora.job': string };
  /** `offer`, `launch`, `start`: one after another. */
  open: TraceSpan;
  phase: 'offer' | 'launch' | 'start';
}

/** Traces what is done for calls: the call, its transactions, and the way of its tasks until they are healthy. */
export interface Traces {
  dispatch(dispatch: Dispatch): Dispatch;
  storage(storage: Storage): Storage;
  /** Follows tasks; the result ends that. */
  follow(events: StateEvents): () => void;
  /** For the label of a task that is being launched; undefined for one of no traced call. */
  launching(taskId: string): string | undefined;
}

/** Jobs and tasks that are remembered; a lost one has no trace, and nothing else. */
const MOST = 10_000;

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  if (map.size >= MOST) map.delete(map.keys().next().value as string);
  map.set(key, value);
}

/** Source of the names of phases: the states of a task that begin them. */
export function traces(tracing: Tracing): Traces {
  const current = new AsyncLocalStorage<string>();
  /** The last change of a job that was traced: the tasks that come of it belong to it. */
  const ofJob = new Map<string, string>();
  const tasks = new Map<string, TaskTrace>();

  const begin = (task: ScheduledTask) => {
    const { assignedTask, status } = task;
    const job = jobKeyText(assignedTask.task.job);
    const parent = ofJob.get(job);
    if (parent === undefined || status !== 'PENDING') return;
    const about = { 'aurora.task': assignedTask.taskId, 'aurora.job': job };
    const open = tracing.start('offer', parent, about);
    remember(tasks, assignedTask.taskId, { parent, about, open, phase: 'offer' });
  };
  const next = (trace: TaskTrace, phase: TaskTrace['phase']) => {
    if (trace.phase === phase) return;
    trace.open.end();
    trace.phase = phase;
    trace.open = tracing.start(phase, trace.parent, trace.about);
  };
  const changed = (task: ScheduledTask) => {
    const { assignedTask, status } = task;
    const trace = tasks.get(assignedTask.taskId);
    if (!trace) return;
    if (status === 'ASSIGNED') next(trace, 'launch');
    else if (status === 'STARTING') next(trace, 'start');
    else if (status !== 'PENDING') {
      trace.open.end(
        { 'aurora.host': assignedTask.slaveHost ?? '' },
        status === 'RUNNING' ? undefined : status,
      );
      tasks.delete(assignedTask.taskId);
    }
  };

  return {
    dispatch: (dispatch) => async (call, caller) => {
      const job = jobOf(call.args);
      const about = { 'aurora.user': caller.user, ...(job ? { 'aurora.job': jobKeyText(job) } : {}) };
      const span = tracing.start(call.method, caller.traceparent, about);
      if (job && !isReadCall(call.method)) remember(ofJob, jobKeyText(job), span.traceparent);
      try {
        const response = await current.run(span.traceparent, () => dispatch(call, caller));
        const code = response.responseCode ?? '';
        span.end({ 'aurora.response': code }, code === 'OK' ? undefined : code);
        return response;
      } finally {
        // Has an effect only when there was no response.
        span.end({}, 'failed');
      }
    },
    storage: (storage) => ({
      ...storage,
      async write(change, changed) {
        const parent = current.getStore();
        if (parent === undefined) return storage.write(change, changed);
        const span = tracing.start('transaction', parent);
        try {
          const result = await storage.write(change, changed);
          span.end();
          return result;
        } catch (error) {
          span.end({}, 'failed');
          throw error;
        }
      },
    }),
    follow: (events) =>
      events.subscribe((event) => {
        if (event.kind !== 'taskStateChanged') return;
        if (event.oldState === 'INIT') begin(event.task);
        else changed(event.task);
      }),
    launching(taskId) {
      const trace = tasks.get(taskId);
      if (!trace) return undefined;
      if (trace.phase === 'offer') next(trace, 'launch');
      return trace.open.traceparent;
    },
  };
}
