import type { Wire } from '../api/index.ts';
import { durationText } from './duration-text.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';

type Status = Wire<'CronJobStatus'>;
type Run = Wire<'CronRun'>;

/** `2026-11-30 01:30:00Z`. */
const utcText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `2026-11-30 02:30:00 GMT+1`, in a time zone; without one, in that of this machine. */
function zoneText(ms: number, timeZone?: string): string {
  // The Swedish locale writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...(timeZone === undefined ? {} : { timeZone }),
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const name = new Intl.DateTimeFormat('en-GB', {
    ...(timeZone === undefined ? {} : { timeZone }),
    timeZoneName: 'short',
  })
    .formatToParts(ms)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return `${format.format(ms)} ${name}`;
}

/** An instant in this machine's zone and in UTC. */
const momentText = (ms: number): string => `${zoneText(ms)}  ${utcText(ms)}`;

function runLine({ tickMs, decidedMs, outcome, user, reason, startedMs, ticks }: Run): string {
  const what = tickMs === undefined ? `asked for by ${user}` : `tick ${utcText(Number(tickMs))}`;
  const many = ticks === undefined ? '' : ` and ${ticks - 1} before it`;
  const waited = Number(startedMs ?? 0) - Number(decidedMs ?? 0);
  const late = waited > 0 ? `, after a wait of ${durationText(waited)}` : '';
  return `${momentText(Number(startedMs ?? decidedMs ?? 0))}  ${outcome}  ${what}${many}${late}${reason ? `: ${reason}` : ''}`;
}

const rows = (title: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, at) => `  ${at === 0 ? title.padEnd(8) : ' '.repeat(8)}${line}\n`);

/** The time zone, the next runs, and the last runs with the newest first. */
export function cronLines(status: Status, nowMs: number): readonly string[] {
  const { timeZone = '', nextTicksMs = [], runs = [], waiting, missedTicks = 0 } = status;
  const next = nextTicksMs.map((tick) => {
    const ms = Number(tick);
    return `${momentText(ms)}  in ${durationText(Math.max(0, ms - nowMs))}`;
  });
  const last = [...runs, ...(waiting ? [waiting] : [])].reverse();
  return [
    ...rows('zone', [timeZone]),
    ...rows('next', next.length > 0 ? next : ['never']),
    ...rows('last', last.length > 0 ? last.map(runLine) : ['none']),
    ...(Number(missedTicks) > 0 ? rows('missed', [`${missedTicks} ticks in all`]) : []),
  ];
}

const iso = (ms: number | bigint | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(Number(ms)).toISOString();

const runJson = ({ tickMs, decidedMs, startedMs, ...run }: Run) => ({
  ...run,
  tick: iso(tickMs),
  decided: iso(decidedMs),
  started: iso(startedMs),
});

/** The same as JSON; times are in ISO 8601. Only job and schedule when the scheduler reports no more. */
export const cronJson = (job: ClusterJobKey, schedule: string, status: Status | undefined): object => ({
  job: jobKeyText(job),
  schedule,
  ...(status && {
    timeZone: status.timeZone,
    next: (status.nextTicksMs ?? []).map(iso),
    runs: (status.runs ?? []).map(runJson),
    ...(status.waiting && { waiting: runJson(status.waiting) }),
    missedTicks: Number(status.missedTicks ?? 0),
  }),
});
