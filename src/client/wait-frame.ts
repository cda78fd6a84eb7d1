import type { EnumValue } from '../api/index.ts';
import { durationText } from './duration-text.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import type { Style } from './screen-style.ts';
import { clockText } from './update-words.ts';

type Status = EnumValue<'ScheduleStatus'>;

/** The state of a wait for instances at one moment. */
export interface WaitView {
  readonly job: ClusterJobKey;
  /** What is waited for: `RUNNING`, `killed` or `restarted`. */
  readonly goal: string;
  readonly done: number;
  readonly total: number;
  /** The number of instances in each state. */
  readonly states: ReadonlyMap<Status, number>;
  /** Why some instances are pending. */
  readonly reason: string | undefined;
  readonly elapsedMs: number;
  /** Instances a second, recently; 0 until one is done. */
  readonly ratePerSec: number;
}

/** The states in the order of a row, and how each looks. */
const LOOKS: readonly (readonly [
  states: readonly Status[],
  glyph: keyof Style['glyphs'],
  colour: 'green' | 'yellow' | 'red' | 'dim',
])[] = [
  [['FAILED', 'LOST'], 'failed', 'red'],
  [['INIT', 'THROTTLED', 'PENDING'], 'waiting', 'dim'],
  [
    ['ASSIGNED', 'STARTING', 'RESTARTING', 'DRAINING', 'PREEMPTING', 'KILLING', 'PARTITIONED'],
    'starting',
    'yellow',
  ],
  [['RUNNING'], 'busy', 'green'],
  [['FINISHED', 'KILLED'], 'done', 'green'],
];

/** The number of instances in each state, such as `1 PENDING` and `2 RUNNING`, in the order of a row. */
const statesWords = (states: WaitView['states']) =>
  LOOKS.flatMap(([own, glyph, colour]) =>
    own.flatMap((status) => {
      const count = states.get(status) ?? 0;
      return count > 0 ? [{ text: `${count} ${status}`, glyph, colour }] : [];
    }),
  );

const leftText = ({ done, total, ratePerSec }: WaitView): string =>
  ratePerSec > 0 && done < total ? `about ${durationText(((total - done) / ratePerSec) * 1000)} left` : '';

const rateText = ({ ratePerSec }: WaitView): string =>
  ratePerSec > 0 ? `${ratePerSec >= 10 ? Math.round(ratePerSec) : ratePerSec.toFixed(1)}/s` : '';

/** Draws a wait as a block of lines: head, progress bar, states, and why instances are pending. */
export function waitFrame(
  view: WaitView,
  { style, columns }: { readonly style: Style; readonly columns: number },
): readonly string[] {
  const { job, goal, done, total, states, reason, elapsedMs } = view;
  const width = columns < 80 ? 16 : 36;
  const full = total === 0 ? 0 : Math.floor((done / total) * width);
  const bar = `[${style.bar[0].repeat(full)}${style.bar[1].repeat(width - full)}]`;
  const words = statesWords(states).map(({ text, glyph, colour }) =>
    style.paint(colour, `${style.glyphs[glyph]} ${text}`),
  );
  return [
    `${style.paint('bold', jobKeyText(job))}  ${clockText(elapsedMs)}`,
    [bar, `${done}/${total} ${goal}`, rateText(view), leftText(view)]
      .filter((part) => part !== '')
      .join('  '),
    ...(words.length > 0 ? [`  ${words.join('   ')}`] : []),
    ...(reason ? [style.paint('yellow', `  no place: ${reason}`)] : []),
  ];
}

/** The same as one line for logs, without the numbers that change at every look. */
export function waitLine({ goal, done, total, states, reason }: WaitView): string {
  const words = statesWords(states).map(({ text }) => text);
  return `${done} of ${total} instances ${goal}${words.length > 0 ? ` (${words.join(', ')})` : ''}${reason ? `; no place: ${reason}` : ''}`;
}
