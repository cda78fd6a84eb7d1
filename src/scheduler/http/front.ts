import type { HttpServed, HttpServer, ServeOptions, serveHttp } from './server.ts';

/** The open port of a scheduler; what answers behind it changes when the scheduler comes to lead. */
export interface Front extends HttpServer {
  /** Later requests go to `app`; those under way are finished where they are. */
  show(app: HttpServed): void;
}

/** Opens the port at once, so that nobody is turned away while a long log is read. Throws as `serve` does. */
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
