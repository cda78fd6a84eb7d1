import { LIVE_STATES } from '../api/index.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { jobQuery, tasksIn } from './tasks.ts';

/**
 * The seconds that each live instance has been up, ascending. Both times are cut to whole seconds, as in the original.
 */
async function uptimesOf(session: Session, job: ClusterJobKey): Promise<readonly number[]> {
  const { clock, log } = session;
  const response = await schedulerOf(session, job.cluster).once('getTasksWithoutConfigs', {
    query: { ...jobQuery(job), statuses: [...LIVE_STATES] },
  });
  log.info({}, `Response from scheduler: ${response.responseCode} (message: )`);
  requireOk(response, log, { header: `Cannot tell the uptime of ${jobKeyText(job)}:` });
  const nowSecs = Math.floor(clock.nowMs() / 1000);
  return tasksIn(response)
    .flatMap(({ taskEvents = [] }) => {
      const up = taskEvents.find(({ status }) => status === 'RUNNING');
      return up ? [nowSecs - Math.floor(Number(up.timestamp ?? 0) / 1000)] : [];
    })
    .sort((a, b) => a - b);
}

/**
 * For each duration, in seconds, prints the percentage of instances that have been up at least that long. Throws API.
 */
export async function showUpCounts(
  session: Session,
  job: ClusterJobKey,
  durationsSecs: readonly number[],
): Promise<void> {
  const uptimes = await uptimesOf(session, job);
  const share = (secs: number) =>
    uptimes.length === 0 ? 0 : (100 * uptimes.filter((up) => up >= secs).length) / uptimes.length;
  const ascending = [...durationsSecs].sort((a, b) => a - b);
  session.give?.({
    job: jobKeyText(job),
    instances: uptimes.length,
    shares: ascending.map((secs) => ({ upForSecs: secs, percent: share(secs) })),
  });
  session.print(ascending.map((secs) => `${spanText(secs)}\t- ${share(secs).toFixed(2)} %\n`).join(''));
}

/** For each percentile, prints how long that many of the instances have been up. Throws API. */
export async function showUptimes(
  session: Session,
  job: ClusterJobKey,
  percentiles: readonly number[],
): Promise<void> {
  const uptimes = await uptimesOf(session, job);
  const at = (percentile: number) =>
    uptimes[uptimes.length - Math.floor((percentile / 100) * uptimes.length) - 1];
  const descending = [...percentiles].sort((a, b) => b - a);
  session.give?.({
    job: jobKeyText(job),
    instances: uptimes.length,
    uptimes: descending.map((percentile) => ({ percentile, secs: at(percentile) ?? 0 })),
  });
  const floatText = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));
  session.print(
    descending
      .map((percentile) => {
        const up = at(percentile);
        return `${floatText(percentile)} percentile\t- ${up === undefined ? '0' : floatText(up)} seconds\n`;
      })
      .join(''),
  );
}

const SPANS = [
  ['days', 86_400],
  ['hrs', 3_600],
  ['mins', 60],
] as const;

/** A duration in the largest unit that divides it exactly, such as `54 hrs`. Source: the original's amounts. */
export function spanText(secs: number): string {
  const [unit, size] = SPANS.find(([, of]) => secs !== 0 && secs % of === 0) ?? ['secs', 1];
  return `${secs / size} ${unit}`;
}
