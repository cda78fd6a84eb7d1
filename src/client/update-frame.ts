import { durationText } from './duration-text.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import type { Style } from './screen-style.ts';
import { outputLines } from './update-lines.ts';
import type { InstanceView, Phase, UpdateView } from './update-view.ts';
import { batchWords, clockText, leftMs, phaseWords, waitsFor } from './update-words.ts';

/** The phases in the order of a row, and how each looks. */
const LOOKS: readonly (readonly [
  Phase,
  keyof Style['glyphs'],
  'green' | 'cyan' | 'yellow' | 'red' | 'dim',
])[] = [
  ['failed', 'failed', 'red'],
  ['pending', 'starting', 'yellow'],
  ['ending', 'starting', 'yellow'],
  ['starting', 'starting', 'yellow'],
  ['watching', 'busy', 'cyan'],
  ['done', 'done', 'green'],
  ['back', 'done', 'yellow'],
  ['waiting', 'waiting', 'dim'],
];

export interface FrameOptions {
  readonly job: ClusterJobKey;
  readonly style: Style;
  readonly columns: number;
  readonly rows: number;
  /** Why the view is out of date. */
  readonly notice?: string | undefined;
}

/**
 * Draws an update as a block of lines: head, progress bar, one row for each batch with its instances by phase,
 * failures, and what the update waits for.
 */
export function updateFrame(view: UpdateView, options: FrameOptions): readonly string[] {
  const { job, style, columns, rows, notice } = options;
  const failures = failureLines(view, options);
  const tail = [
    ...(notice ? [style.paint('yellow', notice)] : []),
    ...[footLine(view, job)].filter((line) => line !== ''),
  ];
  if (columns < 80)
    return [headLine(view, options), barLine(view, options), ...failures.slice(0, 1), ...tail];
  const room = Math.max(1, rows - 4 - failures.length - tail.length);
  return [
    headLine(view, options),
    barLine(view, options),
    ...batchLines(view, options, room),
    ...failures,
    ...tail,
  ];
}

function headLine(
  { id, user, message, status, elapsedMs }: UpdateView,
  { job, style, columns }: FrameOptions,
): string {
  const about = [
    jobKeyText(job),
    `update ${columns < 100 ? id.slice(0, 8) : id}`,
    ...(columns < 80 ? [] : [`by ${user}`, ...(message ? [`"${message}"`] : [])]),
  ];
  const colour = /FORWARD$|PULSE$/.test(status) ? 'green' : /PAUSED$/.test(status) ? 'yellow' : 'red';
  return `${style.paint('bold', about.join('  '))}  ${style.paint(colour, status)} ${clockText(elapsedMs)}`;
}

function barLine(view: UpdateView, { style, columns }: FrameOptions): string {
  const { updated, instances, settings } = view;
  const failed = view.failures.length;
  const total = instances.length;
  const width = columns < 80 ? 16 : 36;
  const full = total === 0 ? width : Math.floor((updated / total) * width);
  const bar = `[${style.bar[0].repeat(full)}${style.bar[1].repeat(width - full)}]`;
  const batch = batchWords(view);
  const allowed = settings.maxFailedInstances ?? 0;
  return [
    ...(batch ? [`batch ${batch.replace('/', ' of ')}`] : []),
    bar,
    `${updated}/${total}`,
    style.paint(failed > 0 ? 'red' : 'dim', `failed ${failed} of ${allowed} allowed`),
  ].join('  ');
}

/** One row for each batch, but consecutive batches that are all done, or have not begun, share one. */
function batchLines(view: UpdateView, { style }: FrameOptions, room: number): readonly string[] {
  const byInstance = new Map(view.instances.map((one) => [one.instance, one]));
  const batches = view.batches.map((batch, at) => ({
    name: `${at + 1}`,
    views: batch.flatMap((instance) => byInstance.get(instance) ?? []),
  }));
  const isAll = (views: readonly InstanceView[], ...phases: readonly Phase[]) =>
    views.every(({ phase }) => phases.includes(phase));
  const rows: { name: string; views: readonly InstanceView[]; quiet: string }[] = [];
  for (const { name, views } of batches) {
    const quiet = isAll(views, 'done') ? 'done' : isAll(views, 'waiting') ? 'waiting' : '';
    const last = rows.at(-1);
    if (last && quiet && last.quiet === quiet) {
      last.name = `${last.name.split('-')[0]}-${name}`;
      last.views = [...last.views, ...views];
    } else rows.push({ name, views, quiet });
  }
  const width = Math.max(...rows.map(({ name }) => name.length), 1);
  const lines = rows.map(({ name, views }) => {
    const head = batches.length > 1 ? `batch ${name.padEnd(width)}  ` : '';
    return `  ${head}${rowText(views, view.settings.minWaitInInstanceRunningMs ?? 0, style)}`;
  });
  if (lines.length <= room) return lines;
  return [
    ...lines.slice(0, Math.max(1, room - 1)),
    `  ${style.ellipsis} ${lines.length - room + 1} more batches`,
  ];
}

function rowText(views: readonly InstanceView[], minMs: number, style: Style): string {
  return LOOKS.flatMap(([phase, glyph, colour]) => {
    const own = views.filter((one) => one.phase === phase);
    return own.length > 0 ? [style.paint(colour, `${style.glyphs[glyph]} ${phaseWords(own, minMs)}`)] : [];
  }).join('   ');
}

/**
 * All instances that failed, or failed and are being retried, without a limit; then the last lines of the newest
 * failure.
 */
function failureLines(
  { failures, instances }: UpdateView,
  { style, columns }: FrameOptions,
): readonly string[] {
  const failed = new Set(failures.map(({ instance }) => instance));
  const line = (instance: number, what: string, reason: string) =>
    style.paint(
      'red',
      `  ${style.glyphs.failed} ${instance}  ${what}${columns < 100 ? reason.split(':')[0] : reason}`,
    );
  const tried = instances.filter(({ instance, lastFailure }) => lastFailure && !failed.has(instance));
  const newest = failures.at(-1)?.output ?? tried.at(-1)?.output;
  return [
    ...failures.map(({ instance, reason }) => line(instance, '', reason)),
    ...tried.map(({ instance, lastFailure = '' }) => line(instance, 'tried again: ', lastFailure)),
    // The output of one failure only, because they mostly say the same.
    ...(columns < 80 ? [] : outputLines(newest).map((text) => style.paint('dim', `      ${text}`))),
  ];
}

function footLine(view: UpdateView, job: ClusterJobKey): string {
  const left = leftMs(view);
  return [...(left === undefined ? [] : [`about ${durationText(left)} left`]), waitsFor(view, job)]
    .filter((part) => part !== '')
    .join(' · ');
}
