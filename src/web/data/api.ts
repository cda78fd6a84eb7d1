import type { ViewProblem } from '../../api/views/shared.ts';

/** The outcome of a request for a view. */
export type Fetched =
  | {
      readonly kind: 'view';
      readonly view: unknown;
      readonly tag: string | null;
      readonly position: string;
      readonly nowMs: number;
    }
  | { readonly kind: 'same'; readonly position: string; readonly nowMs: number }
  /** The scheduler answered but refused to show the view: 400, 401, 403, 404. */
  | { readonly kind: 'refused'; readonly status: number; readonly problem: ViewProblem }
  /** Another scheduler leads now: the whole page has to be loaded again, which leads there. */
  | { readonly kind: 'moved' }
  /** No answer, or a status of 500 and up, such as 503 when nobody leads. */
  | { readonly kind: 'unreachable'; readonly why: string };

const LIMIT_MS = 15_000;

const EMPTY: ViewProblem = { problem: 'The scheduler did not say why.' };

async function problemOf(response: Response): Promise<ViewProblem> {
  const text = await response.text();
  try {
    const reply = JSON.parse(text) as Partial<ViewProblem>;
    return typeof reply.problem === 'string' ? (reply as ViewProblem) : EMPTY;
  } catch {
    return text.trim() === '' ? EMPTY : { problem: text.trim().slice(0, 500) };
  }
}

/**
 * Asks for a view. Redirects are not followed: they name a leader of another origin, which scripts may not read from.
 * @param tag ETag of the view that the page has already, or null
 */
export async function fetchView(request: string, tag: string | null, signal?: AbortSignal): Promise<Fetched> {
  try {
    const limit = AbortSignal.timeout(LIMIT_MS);
    const response = await fetch(request, {
      redirect: 'manual',
      cache: 'no-store',
      headers: { Accept: 'application/json', ...(tag ? { 'If-None-Match': tag } : {}) },
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
    });
    if (response.type === 'opaqueredirect') return { kind: 'moved' };
    const position = response.headers.get('Aurora-Position') ?? '';
    const nowMs = Number(response.headers.get('Aurora-Now') ?? Date.now());
    if (response.status === 304) return { kind: 'same', position, nowMs };
    if (response.status >= 500)
      return {
        kind: 'unreachable',
        why: response.status === 503 ? 'no scheduler leads' : 'the scheduler failed',
      };
    if (!response.ok) return { kind: 'refused', status: response.status, problem: await problemOf(response) };
    return { kind: 'view', view: await response.json(), tag: response.headers.get('ETag'), position, nowMs };
  } catch {
    return { kind: 'unreachable', why: 'the scheduler does not answer' };
  }
}
