import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import type { Clock } from '../../../base/clock.ts';
import type { CallerEnv } from '../caller.ts';
import { challenge } from '../challenge.ts';
import { isViewName, type Views } from './views.ts';

/**
 * Names the content: equal replies have equal tags, whatever was written meanwhile that is not in them. The number of the
 * last record would be cheaper, and would make every reply of a busy cluster a new one.
 */
const tagOf = (text: string): string => `"${createHash('sha1').update(text).digest('base64url')}"`;

/**
 * `GET /api/view/NAME`: the JSON that one screen shows. `Aurora-Position` is where the stream of changes stood before,
 * `Aurora-Now` the scheduler's clock; a reply that is what `If-None-Match` names is a 304.
 */
export function viewRoute(
  app: Hono<CallerEnv>,
  {
    challenges,
    clock,
    views,
  }: { readonly challenges: readonly string[]; readonly clock: Clock; readonly views: Views },
): void {
  app.get('/api/view/:name', async (c, next) => {
    const name = c.req.param('name');
    // Others answer below /api/view too.
    if (!isViewName(name)) return next();
    const { position, status, view } = await views.answer(name, c.req.query(), c.get('caller'));
    // A browser asks its user for credentials, and then asks again.
    if (status === 401) return challenge(c, challenges);
    const text = JSON.stringify(view);
    const tag = tagOf(text);
    const headers = {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Aurora-Position': position,
      'Aurora-Now': String(clock.nowMs()),
      ETag: tag,
    };
    if (status === 200 && c.req.header('If-None-Match') === tag) return c.body(null, 304, headers);
    return c.body(text, status, headers);
  });
}
