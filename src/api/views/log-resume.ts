import { type LogEvent, type LogFileName, type LogOffset, type LogResume, logFileKey } from './log-event.ts';

/** Keeps a reader's position, so that another connection can continue there without repeating or losing anything. */
export interface ResumePoint {
  take(event: LogEvent): void;
  /** Undefined as long as there is nothing to continue. */
  state(): LogResume | undefined;
}

/** How many finished tasks are remembered, so that they are not read again. */
const MOST_CLOSED = 2_000;

export function resumePoint(): ResumePoint {
  const tasks = new Map<string, boolean>();
  const states = new Map<string, string>();
  const files = new Map<string, Map<string, LogOffset>>();
  const closed = new Set<string>();
  let fromMs: number | undefined;
  const sources = new Map<number, { readonly task: string; readonly file: LogFileName }>();

  const moveTo = (task: string, file: LogFileName, position: LogOffset) => {
    const ofTask = files.get(task) ?? new Map<string, LogOffset>();
    files.set(task, ofTask);
    ofTask.set(logFileKey(file), position);
  };

  return {
    take(event) {
      switch (event.kind) {
        case 'task':
          fromMs ??= event.fromMs;
          tasks.set(event.task, event.late);
          states.set(event.task, event.status);
          break;
        case 'state':
          states.set(event.task, event.status);
          break;
        case 'opened':
          tasks.set(event.task, true);
          break;
        case 'source':
          sources.set(event.source, { task: event.task, file: event });
          moveTo(event.task, event, event.position);
          break;
        case 'data': {
          const source = sources.get(event.source);
          if (source) moveTo(source.task, source.file, event.position);
          break;
        }
        case 'end':
          sources.delete(event.source);
          break;
        case 'closed':
          tasks.delete(event.task);
          states.delete(event.task);
          files.delete(event.task);
          closed.add(event.task);
          if (closed.size > MOST_CLOSED) closed.delete(closed.values().next().value as string);
          break;
      }
    },
    state() {
      if (fromMs === undefined) return undefined;
      return {
        fromMs,
        tasks: Object.fromEntries(tasks),
        states: Object.fromEntries(states),
        closed: [...closed],
        files: Object.fromEntries([...files].map(([task, ofTask]) => [task, Object.fromEntries(ofTask)])),
      };
    },
  };
}
