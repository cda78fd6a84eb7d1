import { TERMINAL_STATES } from '../api/index.ts';
import { durationText } from './duration-text.ts';
import { isIn, type ListedTask } from './tasks.ts';

/** How a task ended, in a few words; undefined when it has not ended or was killed on purpose. */
export function endedText(task: ListedTask): string | undefined {
  if (!isIn(task, TERMINAL_STATES) || task.status === 'KILLED') return undefined;
  const events = task.taskEvents ?? [];
  const end = events.at(-1);
  const ran = events.find(({ status }) => status === 'RUNNING' || status === 'STARTING');
  const after = ran
    ? ` after ${durationText(Number(end?.timestamp ?? 0) - Number(ran.timestamp ?? 0))}`
    : ' before it ran';
  return `${task.status}${after}${end?.message ? `: ${end.message}` : ''}`;
}

/** The time of a task's last change, epoch milliseconds. */
export const endedMs = ({ taskEvents }: ListedTask): number => Number(taskEvents?.at(-1)?.timestamp ?? 0);
