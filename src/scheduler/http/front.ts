import type { HttpServed, HttpServer, ServeOptions, serveHttp } from './server.ts';

/** The scheduler's open port. The app behind it is exchanged when the scheduler becomes the leader. */
export interface Front extends HttpServer {
  /** From now on requests go to `app`. Requests under way finish in the app that they began in. */
  show(app: HttpServed): void;
}

/**
 * Opens the port at once, so that clients are not turned away while a long log is read. Throws what `serveHttp` throws.
 */
export async function openFront(
  serve: typeof serveHttp,
  first: HttpServed,
  port: number,
  ip: string | undefined,
  options: ServeOptions = {},
): Promise<Front> {
  let current = first;
  const server = await serve({ fetch: (request, env) => current.fetch(request, env) }, port, ip, options);
  return {
    ...server,
    show(app) {
      current = app;
    },
  };
}
