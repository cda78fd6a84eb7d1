import type { Context } from 'hono';

/** Asks for credentials; the body is empty, as the original's. */
export function challenge(c: Context, challenges: readonly string[]): Response {
  for (const value of challenges) c.header('WWW-Authenticate', value, { append: true });
  return c.body(null, 401);
}
