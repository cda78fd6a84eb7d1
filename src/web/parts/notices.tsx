import type { ScreenPlace } from '../../api/views/screens.ts';
import type { ViewProblem } from '../../api/views/shared.ts';
import { useNow } from '../data/clock.ts';
import { refresh } from '../data/view.ts';
import { durationText } from '../text/durations.ts';
import { jobPath } from '../text/paths.ts';

/** A placeholder while loading. The style sheet shows it with a delay, so that short waits stay unnoticed. */
export function Loading() {
  return (
    <div class="loading" role="status" aria-label="loading">
      <div class="bone" />
      <div class="bone" />
      <div class="bone" />
      <div class="bone" />
    </div>
  );
}

const Retry = () => (
  <button type="button" onClick={refresh}>
    Try again
  </button>
);

/** A notice that the scheduler does not answer; the page below shows the last state known, if any. */
export function Stale({
  empty = false,
  sinceMs,
  why,
}: {
  readonly sinceMs: number;
  readonly why: string;
  readonly empty?: boolean;
}) {
  useNow();
  const age = durationText(Date.now() - sinceMs);
  return (
    <div class="notice bad" role="alert">
      <p>
        <b>No news for {age}:</b> {why}. The page keeps trying. {empty ? '' : 'Below is what was last known.'}
      </p>
      <Retry />
    </div>
  );
}

const HEADS: Readonly<Record<number, string>> = {
  400: 'This address does not make sense',
  401: 'The scheduler wants to know who you are',
  403: 'You may not see this',
  404: 'Not found',
};

/** Links to similar names that may have been meant. */
function Near({ at, near }: { readonly at: ScreenPlace; readonly near: readonly string[] }) {
  const hrefOf = (name: string): string =>
    at.screen === 'role'
      ? `/scheduler/${encodeURIComponent(name)}`
      : at.screen === 'agent'
        ? `/agents/host/${encodeURIComponent(name)}`
        : at.screen === 'update'
          ? `${jobPath(`${at.path.role}/${at.path.env}/${at.path.name}`)}/update/${encodeURIComponent(name)}`
          : jobPath(name);
  return (
    <p>
      Did you mean{' '}
      {near.map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <a href={hrefOf(name)}>{name}</a>
        </span>
      ))}
      ?
    </p>
  );
}

/** A notice that the scheduler answered but refused to show the view. */
export function Refused({
  at,
  problem,
  status,
}: {
  readonly at: ScreenPlace;
  readonly status: number;
  readonly problem: ViewProblem;
}) {
  return (
    <div class="notice">
      <h2>{HEADS[status] ?? `The scheduler refused (${status})`}</h2>
      <p>{problem.problem}</p>
      {problem.near && problem.near.length > 0 && <Near at={at} near={problem.near} />}
      <Retry />
    </div>
  );
}
