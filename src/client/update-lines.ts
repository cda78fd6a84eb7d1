import { durationText } from './duration-text.ts';
import type { LastLines } from './last-lines.ts';
import type { UpdateView } from './update-view.ts';
import { batchWords } from './update-words.ts';
import { isActive } from './updates.ts';

/** A difference between two looks at an update. */
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
      /** The scheduler's name of the action, or that the instance is tried again. */
      readonly action: string;
      readonly reason: string;
      readonly output?: LastLines | undefined;
    };

/**
 * What changed between two looks: instances that failed or are being retried, and the progress. At the first look,
 * everything of this kind.
 */
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

/** The last output of a failed task, one line each, with standard error marked; or why it is not known. */
export function outputLines(output: LastLines | undefined): readonly string[] {
  if (!output) return [];
  if ('unread' in output) return [`its last lines are not here: ${output.unread}`];
  return output.lines.map((line) => `${output.stream === 'stderr' ? '!' : '|'} ${line}`);
}

/** Formats a change as one line; the output of a failed task follows in lines of its own. */
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
