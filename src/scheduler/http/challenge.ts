import type { Context } from 'hono';

/** Replies 401 and asks for credentials. The body is empty, as in the original. */
export function challenge(c: Context, challenges: readonly string[]): Response {
  for (const value of challenges) c.header('WWW-Authenticate', value, { append: true });
  return c.body(null, 401);
}
