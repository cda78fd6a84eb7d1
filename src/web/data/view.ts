import type { ScreenPlace } from '../../api/views/screens.ts';
import type { ViewProblem } from '../../api/views/shared.ts';

import { type Fetched, fetchView } from './api.ts';
import { followChanges, type Hearing } from './changes.ts';
import { clockSkew } from './clock.ts';
import { firstView } from './first-view.ts';
import { store } from './store.ts';
import { topicsOf } from './topics.ts';

/** The view that is shown, as far as it is there. */
export interface ShownView {
  readonly request: string;
  /** The page that it is of: the address without its query. */
  readonly page: string;
  /** Undefined while it is on its way. */
  readonly view?: unknown;
  readonly refused?: { readonly status: number; readonly problem: ViewProblem };
  /** Since when the scheduler has not answered, by the reader's clock; the view is the last good one. */
  readonly stale?: { readonly sinceMs: number; readonly why: string };
}

export const shownView = store<ShownView>({ request: '', page: '' });
export const hearing = store<Hearing>('off');

/** Two places of one page differ in their queries alone. */
export const pageOf = ({ path, screen }: ScreenPlace): string => JSON.stringify([screen, path]);

/** Between two requests, so that a busy cluster does not make a busy page: also four times what the last one took. */
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

/** Asks for the view again, soon; several wishes meanwhile are one. */
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

/** The reader is there now. What is shown stays until the new view comes when only its query is another one. */
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
