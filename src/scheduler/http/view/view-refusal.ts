import type { Context } from 'hono';
import type { ViewRefusal } from '../../../api/views/sandbox-view.ts';
import type { Caller } from '../caller.ts';

const STATUSES = {
  off: 403,
  forbidden: 403,
  busy: 503,
  'no such task': 404,
  'no such file': 404,
  'bad request': 400,
  unreachable: 502,
} as const satisfies Record<ViewRefusal['code'], number>;

/** A view that is not given, and why. */
export function refusal(c: Context, code: ViewRefusal['code'], error: string): Response {
  if (code === 'busy') c.header('Retry-After', '30');
  return c.json({ error, code } satisfies ViewRefusal, STATUSES[code]);
}

/** Whether the caller may read the sandboxes of a role's tasks; whoever may read everything else may, today. */
export const mayReadSandboxes = (caller: Caller, role: string): boolean => caller.user !== '' && role !== '';
