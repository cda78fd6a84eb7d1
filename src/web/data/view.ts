import type { ScreenPlace } from '../../api/views/screens.ts';
import type { ViewProblem } from '../../api/views/shared.ts';

import { type Fetched, fetchView } from './api.ts';
import { followChanges, type Hearing } from './changes.ts';
import { clockSkew } from './clock.ts';
import { firstView } from './first-view.ts';
import { store } from './store.ts';
import { topicsOf } from './topics.ts';

/** The view that is shown, or why there is none. */
export interface ShownView {
  readonly request: string;
  /** The page that the view belongs to: screen and path, without the query. */
  readonly page: string;
  /** Undefined while it is being loaded. */
  readonly view?: unknown;
  readonly refused?: { readonly status: number; readonly problem: ViewProblem };
  /** Since when the scheduler has not answered, by the browser's clock; the view is the last good one. */
  readonly stale?: { readonly sinceMs: number; readonly why: string };
}

export const shownView = store<ShownView>({ request: '', page: '' });
export const hearing = store<Hearing>('off');

/** Identifies the page of a place; two places of the same page differ only in their queries. */
export const pageOf = ({ path, screen }: ScreenPlace): string => JSON.stringify([screen, path]);

/** The least pause between two requests, so that a busy cluster does not overload the page; see also `load`. */
const LEAST_MS = 250;
const RETRY_MS = { first: 1_000, most: 30_000 };

let tag: string | null = null;
let position = '';
let stopFollowing: () => void = () => {};
let under: AbortController | undefined;
let again = false;
let nextMs = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;
let retryMs = RETRY_MS.first;

function took(request: string, answer: Fetched): void {
  const before = shownView.get();
  const { page } = before;
  if (before.request !== request) return;
  if (answer.kind === 'moved') {
    location.reload();
    return;
  }
  if (answer.kind === 'unreachable') {
    const stale = { sinceMs: before.stale?.sinceMs ?? Date.now(), why: answer.why };
    shownView.set({ ...before, stale });
    clearTimeout(waiting);
    waiting = setTimeout(refresh, retryMs * (0.8 + Math.random() * 0.4));
    retryMs = Math.min(RETRY_MS.most, retryMs * 2);
    return;
  }
  retryMs = RETRY_MS.first;
  if (answer.kind === 'refused') {
    shownView.set({ request, page, refused: { status: answer.status, problem: answer.problem } });
    return;
  }
  clockSkew.set(answer.nowMs - Date.now());
  position = answer.position;
  if (answer.kind === 'same') {
    if (before.stale) shownView.set({ request, page, view: before.view });
    return;
  }
  tag = answer.tag;
  shownView.set({ request, page, view: answer.view });
}

/** Asks for the view again soon; calls in the meantime are merged into one request. */
export function refresh(): void {
  again = true;
  if (under) return;
  clearTimeout(waiting);
  waiting = setTimeout(load, Math.max(0, nextMs - Date.now()));
}

async function load(): Promise<void> {
  const { request } = shownView.get();
  const own = new AbortController();
  under = own;
  again = false;
  const startMs = Date.now();
  const answer = await fetchView(request, tag, own.signal);
  if (under !== own) return;
  under = undefined;
  nextMs = Date.now() + Math.max(LEAST_MS, 4 * (Date.now() - startMs));
  took(request, answer);
  if (again && !shownView.get().stale) refresh();
}

/** Shows the view of a place. If only the query differs, the present view stays until the new one has come. */
export function showView(at: ScreenPlace): void {
  const { request, screen, path } = at;
  const page = pageOf(at);
  const before = shownView.get();
  if (before.request === request && before.page === page) return;
  under?.abort();
  under = undefined;
  clearTimeout(waiting);
  nextMs = 0;
  tag = null;
  const isFirst = before.request === '' && firstView.request === request;
  const samePage = before.page === page && before.view !== undefined;
  if (isFirst) {
    position = firstView.position;
    clockSkew.set(firstView.nowMs - Date.now());
    shownView.set(
      firstView.status === 200
        ? { request, page, view: firstView.view }
        : { request, page, refused: { status: firstView.status, problem: firstView.view as ViewProblem } },
    );
  } else {
    shownView.set(samePage ? { request, page, view: before.view } : { request, page });
    void load();
  }
  stopFollowing();
  stopFollowing = followChanges(topicsOf(screen, path), {
    position: () => position,
    changed: refresh,
    heard: hearing.set,
  });
}
