import { useNow } from '../data/clock.ts';
import { timeZone } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { durationText, exactText, relativeText } from '../text/durations.ts';

/** A time relative to now; the tooltip has the exact time with its zone. */
export function Time({ atMs }: { readonly atMs: number | undefined }) {
  const nowMs = useNow();
  const zone = useStore(timeZone);
  if (atMs === undefined || atMs <= 0) return <span class="faint">-</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactText(atMs, zone)}>
      {relativeText(atMs, nowMs)}
    </time>
  );
}

/** An exact time; the tooltip has it relative to now. */
export function ExactTime({ atMs }: { readonly atMs: number }) {
  const zone = useStore(timeZone);
  const nowMs = useNow();
  return (
    <time dateTime={new Date(atMs).toISOString()} title={relativeText(atMs, nowMs)} class="number">
      {exactText(atMs, zone)}
    </time>
  );
}

/** How long ago a time was; the tooltip has the exact time. */
export function Since({ atMs }: { readonly atMs: number }) {
  const nowMs = useNow();
  const zone = useStore(timeZone);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={`since ${exactText(atMs, zone)}`}>
      {durationText(Math.max(0, nowMs - atMs))}
    </time>
  );
}
