import type { Context } from 'hono';
import type { JobKey } from '../../../api/index.ts';
import type { SandboxRefusal } from '../../../api/views/sandbox-view.ts';
import type { Permission } from '../../security/permission.ts';

const STATUSES = {
  off: 403,
  forbidden: 403,
  busy: 503,
  'no such task': 404,
  'no such file': 404,
  'bad request': 400,
  unreachable: 502,
} as const satisfies Record<SandboxRefusal['code'], number>;

/** The reply that refuses a view, with the reason. */
export function refusal(c: Context, code: SandboxRefusal['code'], error: string): Response {
  if (code === 'busy') c.header('Retry-After', '30');
  return c.json({ error, code } satisfies SandboxRefusal, STATUSES[code]);
}

/** Permission needed to read the sandboxes of a job's tasks, which may hold secrets. */
export const sandboxPermission = ({ environment, name, role }: JobKey): Permission => [
  'http',
  'sandboxes',
  role,
  environment,
  name,
];
