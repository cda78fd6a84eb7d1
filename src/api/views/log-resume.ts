import { type LogEvent, type LogFileName, type LogOffset, type LogResume, logFileKey } from './log-event.ts';

/** Remembers where a reader is, so that another connection goes on there: nothing is read twice, nothing left out. */
export interface ResumePoint {
  take(event: LogEvent): void;
  /** Undefined as long as there is nothing to go on with. */
  state(): LogResume | undefined;
}

/** Tasks that are over are remembered, lest they be read again; so many at most. */
const MOST_CLOSED = 2_000;

export function resumePoint(): ResumePoint {
  const tasks = new Map<string, boolean>();
  const files = new Map<string, Map<string, LogOffset>>();
  const closed = new Set<string>();
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
          tasks.set(event.task, event.late);
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
          files.delete(event.task);
          closed.add(event.task);
          if (closed.size > MOST_CLOSED) closed.delete(closed.values().next().value as string);
          break;
      }
    },
    state() {
      if (tasks.size === 0 && closed.size === 0) return undefined;
      return {
        tasks: Object.fromEntries(tasks),
        closed: [...closed],
        files: Object.fromEntries([...files].map(([task, ofTask]) => [task, Object.fromEntries(ofTask)])),
      };
    },
  };
}
