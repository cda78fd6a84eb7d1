import { durationText } from './duration-text.ts';
import { jobKeyText } from './job-key.ts';
import type { Style } from './screen-style.ts';
import type { InstanceStatus, StatusView } from './status-view.ts';

interface FrameSize {
  readonly style: Style;
  readonly columns: number;
  readonly rows: number;
}

type Look = readonly [glyph: keyof Style['glyphs'], colour: 'green' | 'yellow' | 'red' | 'dim'];

/** States in the order of the output, worst first. */
const ORDER: readonly (readonly [statuses: readonly string[], look: Look])[] = [
  [
    ['FAILED', 'LOST'],
    ['failed', 'red'],
  ],
  [
    ['INIT', 'THROTTLED', 'PENDING'],
    ['waiting', 'yellow'],
  ],
  [
    ['PARTITIONED', 'KILLING', 'DRAINING', 'PREEMPTING', 'RESTARTING', 'STARTING', 'ASSIGNED'],
    ['starting', 'yellow'],
  ],
  [
    ['KILLED', 'FINISHED'],
    ['done', 'dim'],
  ],
  [['RUNNING'], ['busy', 'green']],
];

const rank = ({ status }: InstanceStatus): number =>
  ORDER.findIndex(([statuses]) => statuses.includes(status));

const look = (one: InstanceStatus): Look => ORDER[rank(one)]?.[1] ?? ['waiting', 'dim'];

/** The instances to show. Killed ones are left out, unless nothing else is left of the job. */
function present({ instances }: StatusView): readonly InstanceStatus[] {
  const left = instances.filter(({ status }) => status !== 'KILLED');
  return left.length > 0 ? left : instances;
}

/**
 * Draws jobs as a block of lines: a single job with its instances, several jobs with one line each; both are sorted
 * worst first.
 */
export function statusFrame(views: readonly StatusView[], size: FrameSize): readonly string[] {
  const [view] = views;
  if (view && views.length === 1) return [headLine(view, size), ...instanceLines(view, size)];
  const worst = (one: StatusView) => Math.min(...present(one).map(rank));
  return [...views]
    .sort((a, b) => worst(a) - worst(b) || (jobKeyText(a.job) < jobKeyText(b.job) ? -1 : 1))
    .map((one) => headLine(one, size));
}

function headLine(view: StatusView, { style, columns }: FrameSize): string {
  const { job, kind, update } = view;
  const instances = present(view);
  const counts = new Map<string, number>();
  for (const { status } of instances) counts.set(status, (counts.get(status) ?? 0) + 1);
  const running = counts.get('RUNNING') ?? 0;
  const others = [...counts].filter(([status]) => status !== 'RUNNING');
  return [
    style.paint('bold', jobKeyText(job)),
    ...(columns < 80 ? [] : [kind]),
    style.paint(running === instances.length ? 'green' : 'yellow', `${running}/${instances.length} running`),
    ...others.map(([status, count]) => `${count} ${status.toLowerCase()}`),
    ...(update ? [`update ${update}`] : []),
  ].join('   ');
}

const COLUMNS = [
  ['INST', ({ instance }: InstanceStatus) => `${instance}`],
  ['STATE', ({ status }: InstanceStatus) => status],
  ['FOR', ({ forMs }: InstanceStatus) => durationText(forMs)],
  ['HOST', ({ host }: InstanceStatus) => host ?? '-'],
  ['RESTARTS', ({ restarts }: InstanceStatus) => `${restarts}`],
  ['WHY', ({ why }: InstanceStatus) => why],
] as const;

/**
 * One line for each instance. When they do not all fit, the running ones are summed up in the last line, and a line
 * before it counts the others that are hidden.
 */
function instanceLines(view: StatusView, { style, columns, rows }: FrameSize): readonly string[] {
  const instances = present(view);
  const steady = instances.filter(({ status }) => status === 'RUNNING');
  const others = instances
    .filter(({ status }) => status !== 'RUNNING')
    .sort((a, b) => rank(a) - rank(b) || a.instance - b.instance);
  const room = Math.max(1, rows - 4);
  const alone = steady.length + others.length <= room ? [...others, ...steady] : others.slice(0, room);
  const shown = columns < 80 ? COLUMNS.filter(([name]) => name !== 'HOST' && name !== 'RESTARTS') : COLUMNS;
  const cells = alone.map((one) => shown.map(([, text]) => text(one)));
  const widths = shown.map(([name], at) =>
    Math.max(name.length, ...cells.map((row) => (row[at] ?? '').length)),
  );
  const row = (texts: readonly string[]) =>
    texts
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = alone.map((one, at) => {
    const [glyph, colour] = look(one);
    return `  ${style.paint(colour, style.glyphs[glyph])} ${row(cells[at] ?? [])}`;
  });
  const head = lines.length > 0 ? [`    ${row(shown.map(([name]) => name))}`] : [];
  const hidden = others.length - alone.filter(({ status }) => status !== 'RUNNING').length;
  const rest = alone.length === instances.length ? [] : steady;
  return [
    ...head,
    ...lines,
    ...(hidden > 0 ? [`  ${style.ellipsis} ${hidden} more that do not run`] : []),
    ...(rest.length > 0 ? [restLine(rest, style)] : []),
  ];
}

function restLine(rest: readonly InstanceStatus[], style: Style): string {
  const times = rest.map(({ forMs }) => forMs);
  const ages = `youngest ${durationText(Math.min(...times))}, oldest ${durationText(Math.max(...times))}`;
  return `  ${style.paint('green', style.glyphs.busy)} ${rest.length} others RUNNING, ${ages}`;
}

/** What changed since the last look, one line for each instance. */
export function statusLines(
  before: readonly StatusView[] | undefined,
  views: readonly StatusView[],
): readonly string[] {
  const known = new Map<string, InstanceStatus>(
    (before ?? []).flatMap(({ job, instances }) =>
      instances.map((one) => [`${jobKeyText(job)}/${one.instance}`, one] as const),
    ),
  );
  const lines = views.flatMap(({ job, instances }) =>
    instances.flatMap((one) => {
      const key = `${jobKeyText(job)}/${one.instance}`;
      const old = known.get(key);
      known.delete(key);
      if (old && old.status === one.status && old.restarts === one.restarts) return [];
      if (!old && one.status === 'KILLED') return [];
      const from = old ? `${old.status} -> ` : '';
      const where = one.host && one.status !== 'PENDING' ? ` on ${one.host}` : '';
      return [`${key} ${from}${one.status}${where}${one.why ? `: ${one.why}` : ''}`];
    }),
  );
  return [...lines, ...[...known.keys()].map((key) => `${key} is gone`)];
}
