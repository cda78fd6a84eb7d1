import type { PageCall } from '../../api/views/shared.ts';

/** The outcome of a call that changes something. */
export type CallOutcome =
  | { readonly kind: 'done'; readonly text: string }
  /** Nothing was changed. */
  | { readonly kind: 'refused'; readonly text: string }
  /** The reply was lost or leaves it open: the change may have happened. */
  | { readonly kind: 'unknown'; readonly text: string };

/** A write waits for the scheduler's log, so this is long; after it the reply counts as lost. */
const LIMIT_MS = 30_000;

interface Reply {
  readonly responseCode?: string;
  readonly details?: readonly { readonly message?: string }[];
  readonly result?: Readonly<Record<string, unknown>>;
}

const saidIn = ({ details = [] }: Reply): string =>
  details.flatMap(({ message }) => (message ? [message] : [])).join(' ');

/** Response codes that mean that nothing was changed. Source: the API; ERROR is not among them, it leaves that open. */
const UNCHANGED = new Set(['INVALID_REQUEST', 'ERROR_TRANSIENT', 'AUTH_FAILED', 'JOB_UPDATING_ERROR']);

async function post(call: string, args: object): Promise<Response> {
  return fetch(`/apibeta/${call}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(args),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
}

function outcomeOf(reply: Reply): CallOutcome {
  const text = saidIn(reply);
  if (reply.responseCode === 'OK' || reply.responseCode === 'WARNING') return { kind: 'done', text };
  const shown = text || `the scheduler answered ${reply.responseCode}`;
  return { kind: UNCHANGED.has(reply.responseCode ?? '') ? 'refused' : 'unknown', text: shown };
}

/** Makes a call once; it is never repeated automatically. */
export async function makeCall(call: PageCall, args: object): Promise<CallOutcome> {
  let response: Response;
  try {
    response = await post(call, args);
  } catch {
    return {
      kind: 'unknown',
      text: 'No reply came: it is not known whether it happened. Look before you try again.',
    };
  }
  if (response.type === 'opaqueredirect')
    return {
      kind: 'refused',
      text: 'Another scheduler leads now. Nothing was done; reload the page and try again.',
    };
  if (response.status === 503) return { kind: 'refused', text: 'No scheduler leads now. Nothing was done.' };
  if (response.status === 401 || response.status === 403 || response.status === 429)
    return { kind: 'refused', text: (await response.text()).trim().slice(0, 500) || 'You may not do this.' };
  try {
    return outcomeOf((await response.json()) as Reply);
  } catch {
    return { kind: 'unknown', text: 'The reply was cut off: it is not known whether it happened.' };
  }
}

/** Makes a call that changes nothing. @throws Error with a message for the reader */
export async function askCall<R>(call: string, args: object): Promise<R> {
  const response = await post(call, args).catch(() => undefined);
  if (!response || response.type === 'opaqueredirect') throw new Error('The scheduler does not answer.');
  if (!response.ok) throw new Error((await response.text()).trim().slice(0, 500));
  const reply = (await response.json()) as Reply;
  if (reply.responseCode !== 'OK')
    throw new Error(saidIn(reply) || `the scheduler answered ${reply.responseCode}`);
  return (reply.result ?? {}) as R;
}
