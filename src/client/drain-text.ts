import type { DrainView } from './drain-view.ts';
import { durationText } from './duration-text.ts';

/** `h1  DRAINING  2 tasks left, forced in 6d 23h`. */
export function hostLine({ host, mode, tasks, deadlineMs }: DrainView, nowMs: number): string {
  const left = tasks.length === 1 ? '1 task left' : `${tasks.length} tasks left`;
  const forced =
    deadlineMs === undefined || mode !== 'DRAINING' || tasks.length === 0
      ? ''
      : deadlineMs > nowMs
        ? `, forced in ${durationText(deadlineMs - nowMs)}`
        : ', its time is over';
  return `${host}  ${mode}  ${left}${forced}`;
}

/** One line for each task: `h1  web/prod/api/3  RUNNING  waits for ...`. */
export const taskLines = ({ host, tasks }: DrainView): readonly string[] =>
  tasks.map(
    ({ instance, status, waitsFor }) =>
      `${host}  ${instance}  ${status}${waitsFor === undefined ? '' : `  waits: ${waitsFor}`}`,
  );

/** One line for each host, followed by the lines of its tasks. */
export const drainLines = (views: readonly DrainView[], nowMs: number): readonly string[] =>
  views.flatMap((view) => [
    hostLine(view, nowMs),
    ...taskLines(view).map((line) => `  ${line.slice(view.host.length + 2)}`),
  ]);
