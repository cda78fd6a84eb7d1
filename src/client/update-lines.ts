import { durationText } from './duration-text.ts';
import type { LastLines } from './last-lines.ts';
import type { UpdateView } from './update-view.ts';
import { batchWords } from './update-words.ts';
import { isActive } from './updates.ts';

/** Something that changed between two looks at an update. */
export type UpdateChange =
  | {
      readonly type: 'progress';
      readonly status: string;
      readonly updated: number;
      readonly instances: number;
      readonly batch: string;
      readonly failed: number;
      readonly failuresAllowed: number;
    }
  | {
      readonly type: 'instance';
      readonly instance: number;
      /** What the scheduler calls it; or that it has another try. */
      readonly action: string;
      readonly reason: string;
      readonly output?: LastLines | undefined;
    };

/** What is new since the last look; everything at the first one, but for instances that have not begun or went well. */
export function changesBetween(before: UpdateView | undefined, now: UpdateView): readonly UpdateChange[] {
  const known = new Set(before?.failures.map(({ instance }) => instance));
  const tries = new Map(before?.instances.map(({ instance, lastFailedTask }) => [instance, lastFailedTask]));
  const failures: readonly UpdateChange[] = [
    ...now.failures.flatMap(({ instance, action, reason, output }) =>
      known.has(instance) ? [] : [{ type: 'instance' as const, instance, action, reason, output }],
    ),
    ...now.instances.flatMap(({ instance, lastFailure, lastFailedTask, output }) =>
      lastFailure && tries.get(instance) !== lastFailedTask
        ? [
            {
              type: 'instance' as const,
              instance,
              action: 'failed, tried again',
              reason: lastFailure,
              output,
            },
          ]
        : [],
    ),
  ];
  const progress = progressOf(now);
  return before && JSON.stringify(progressOf(before)) === JSON.stringify(progress)
    ? failures
    : [...failures, progress];
}

const progressOf = (view: UpdateView): UpdateChange => ({
  type: 'progress',
  status: view.status,
  updated: view.updated,
  instances: view.instances.length,
  batch: batchWords(view),
  failed: view.failures.length,
  failuresAllowed: view.settings.maxFailedInstances ?? 0,
});

/** What a failed task said last, a line each, standard error marked; or why that is not known. */
export function outputLines(output: LastLines | undefined): readonly string[] {
  if (!output) return [];
  if ('unread' in output) return [`its last lines are not here: ${output.unread}`];
  return output.lines.map((line) => `${output.stream === 'stderr' ? '!' : '|'} ${line}`);
}

/** A change as a line; what a failed task said stands in lines below it. */
export function changeLine(change: UpdateChange, view: UpdateView): string {
  if (change.type === 'instance')
    return [
      `instance ${change.instance} ${change.action} ${change.reason}`,
      ...outputLines(change.output).map((line) => `  ${line}`),
    ].join('\n');
  const { status, updated, instances, batch, failed, failuresAllowed } = change;
  const counts = `${status} ${updated}/${instances}`;
  if (isActive(view.status))
    return `${counts}${batch ? ` batch ${batch}` : ''} failed ${failed}/${failuresAllowed}`;
  const numbers = view.failures.map(({ instance }) => instance);
  const failures =
    failed > 0 ? `: ${failed} failed of ${failuresAllowed} allowed (${numbers.join(', ')})` : '';
  return `${counts} after ${durationText(view.elapsedMs)}${failures}`;
}
