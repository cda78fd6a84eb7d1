import { durationText } from './duration-text.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { rangesOf, rangesWords } from './ranges.ts';
import type { InstanceView, Phase, UpdateView } from './update-view.ts';

/** The current batch, counted from 1, and the number of batches: `3/10`. Empty when there is only one. */
export function batchWords({ batches, instances }: UpdateView): string {
  if (batches.length < 2) return '';
  const open = new Set(instances.filter(({ phase }) => phase !== 'done').map(({ instance }) => instance));
  const at = batches.findIndex((batch) => batch.some((instance) => open.has(instance)));
  return `${at < 0 ? batches.length : at + 1}/${batches.length}`;
}

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting',
  ending: 'old task ending',
  pending: 'looking for a place',
  starting: 'starting',
  watching: 'watching',
  done: 'updated',
  back: 'rolled back',
  failed: 'failed',
};

/** Describes instances in the same phase: `4-17 watching 0:31 of 0:45`. */
export function phaseWords(views: readonly InstanceView[], minMs: number): string {
  const [first] = views;
  if (!first) return '';
  const numbers = rangesWords(rangesOf(views.map(({ instance }) => instance)));
  const shortest = Math.min(...views.map(({ forMs }) => forMs));
  const time =
    first.phase === 'watching'
      ? ` ${clockText(Math.min(shortest, minMs))} of ${clockText(minMs)}`
      : first.phase === 'ending' || first.phase === 'starting' || first.phase === 'pending'
        ? ` ${clockText(Math.max(...views.map(({ forMs }) => forMs)))}`
        : '';
  return `${numbers} ${PHASE_WORDS[first.phase]}${time}`;
}

/** A duration as `4:12` or `1:04:12`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = pad(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${rest}`;
}

/** What an update waits for, and who can do something about it. */
export function waitsFor(view: UpdateView, job: ClusterJobKey): string {
  const { status, cause, instances, settings } = view;
  const key = jobKeyText(job);
  if (status.endsWith('_PAUSED')) {
    const by = cause.user ? ` by ${cause.user}` : '';
    return `paused${by}${cause.message ? ` ("${cause.message}")` : ''}: 'aurora update resume ${key}' goes on`;
  }
  if (status.endsWith('AWAITING_PULSE')) return `needs a pulse: 'aurora update pulse ${key}'`;
  const busy = (phase: Phase) => instances.filter((one) => one.phase === phase);
  const pending = busy('pending');
  const why = pending.find(({ reason }) => reason)?.reason;
  if (pending.length > 0) {
    return `waits for a place for ${counted(pending.length)}${why ? `: ${why}` : ''}`;
  }
  if (busy('ending').length > 0) return `waits for ${counted(busy('ending').length, 'old task')} to end`;
  if (busy('starting').length > 0) return `waits for ${counted(busy('starting').length)} to be RUNNING`;
  const watching = busy('watching');
  if (watching.length === 0) return '';
  const left = (settings.minWaitInInstanceRunningMs ?? 0) - Math.min(...watching.map(({ forMs }) => forMs));
  return `${counted(watching.length)} must stay RUNNING, for ${durationText(Math.max(0, left))} more`;
}

const counted = (count: number, what = 'instance'): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Estimates the remaining time from what is done so far; undefined when there is nothing to base it on. */
export function leftMs({ status, elapsedMs, updated, instances }: UpdateView): number | undefined {
  if (status !== 'ROLLING_FORWARD' || updated === 0 || updated === instances.length) return undefined;
  return (elapsedMs / updated) * (instances.length - updated);
}
