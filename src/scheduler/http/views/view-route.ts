import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import type { Clock } from '../../../base/clock.ts';
import { viewPermission } from '../../security/doors.ts';
import type { CallerEnv } from '../caller.ts';
import { challenge } from '../challenge.ts';
import { askedAbout } from './required-names.ts';
import { isViewName, type Views } from './views.ts';

/**
 * ETag of a reply, made from its content: equal replies have equal tags. The number of the last log record would be
 * cheaper, but on a busy cluster it would make every reply look new.
 */
const tagOf = (text: string): string => `"${createHash('sha1').update(text).digest('base64url')}"`;

/**
 * `GET /api/view/NAME` returns the JSON that one screen shows. The header `Aurora-Position` is the position of the
 * stream of changes before the view was made, `Aurora-Now` the scheduler's clock. A reply with the tag in
 * `If-None-Match` is a 304.
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
    // Other routes below /api/view come later.
    if (!isViewName(name)) return next();
    const { position, status, view } = await views.answer(name, c.req.query(), c.get('caller'));
    // With a 401 the browser asks its user for credentials and then repeats the request.
    if (status === 401) return challenge(c, challenges);
    if (status === 403) await c.get('denied')(viewPermission(name, askedAbout(c.req.query())));
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
