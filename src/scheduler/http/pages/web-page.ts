import type { Context, Hono } from 'hono';
import { PAGE_ROOTS, screenAt } from '../../../api/views/screens.ts';
import type { FirstView } from '../../../api/views/shared.ts';
import type { Clock } from '../../../base/clock.ts';
import type { CallerEnv } from '../caller.ts';
import { wantsGzip } from '../compression.ts';
import type { Views } from '../views/views.ts';
import { escaped } from './html.ts';
import { loadWebFiles, type WebFiles } from './web-files.ts';

interface WebPageSettings {
  readonly views: Views;
  readonly clock: Clock;
  readonly clusterName: string;
}

/** Content security policy: nothing from other sites, only scripts that are files of ours, no framing. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const DOCUMENT_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
} as const;

/**
 * For paths where the original serves JSON: the page that a browser is redirected to. Programs, and requests with a
 * query, get the JSON.
 */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  '/cron': '/cron/view',
  '/maintenance': '/maintenance/view',
  '/pendingtasks': '/pending',
  '/quotas': '/quotas/view',
};

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230a5c7d'/%3E%3Cpath d='M3 12 8 3l5 9' fill='none' stroke='%2387e3c6' stroke-width='2'/%3E%3C/svg%3E";

const NOT_BUILT =
  '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Aurora</title></head><body><p>The page was not built. Run <code>npm run build</code> and load this again.</p></body></html>\n';

/** JSON that is safe inside an HTML document: no tag can begin in it. */
const inDocument = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const documentOf = ({ entries }: WebFiles, clusterName: string, first: FirstView): string =>
  `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(clusterName)}</title><link rel="icon" href="${ICON}">
<script src="/assets/${entries.theme}"></script><link rel="stylesheet" href="/assets/${entries.style}">
${entries.imports.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join('')}<script type="module" src="/assets/${entries.page}"></script></head>
<body><div id="page"></div><noscript>This page needs JavaScript. The same is told by the command line (<code>aurora job list</code>) and as JSON below /api/view.</noscript>
<script type="application/json" id="first">${inDocument(first)}</script></body></html>
`;

/** The web page: HTML documents that include their first view, and the files that they load. */
export function webPage(app: Hono<CallerEnv>, { clock, clusterName, views }: WebPageSettings): void {
  let files: WebFiles | undefined;
  const loaded = (): WebFiles | undefined => {
    files ??= loadWebFiles();
    return files;
  };

  app.get('/', (c) => c.redirect('/scheduler'));
  app.get('/index.html', (c) => c.redirect('/scheduler'));
  app.get('/assets/scheduler/*', (c) => c.redirect('/scheduler'));

  app.get('/assets/:name', (c) => {
    const file = loaded()?.byName.get(c.req.param('name'));
    if (!file) return c.text('There is no such file.\n', 404, { 'Cache-Control': 'no-cache' });
    const accepted = c.req.header('Accept-Encoding');
    const br = /(?:^|,)\s*br\s*(?:,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|$)/.test(accepted ?? '')
      ? file.br
      : undefined;
    const gzip = br ? undefined : wantsGzip(accepted) ? file.gzip : undefined;
    return c.body(br ?? gzip ?? file.plain, 200, {
      'Content-Type': file.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept-Encoding',
      ...(br ? { 'Content-Encoding': 'br' } : gzip ? { 'Content-Encoding': 'gzip' } : {}),
    });
  });

  const page = async (c: Context<CallerEnv>, next: () => Promise<void>) => {
    const { pathname, search } = new URL(c.req.url);
    const place = screenAt(pathname, search);
    if (!place) return next();
    const built = loaded();
    if (!built) return c.body(NOT_BUILT, 503, DOCUMENT_HEADERS);
    const caller = c.get('caller');
    const query = Object.fromEntries(new URL(place.request, 'http://scheduler').searchParams);
    const { position, status, view } = await views.answer(place.view, query, caller);
    const first: FirstView = {
      session: views.session(caller),
      request: place.request,
      status,
      view,
      position,
      nowMs: clock.nowMs(),
    };
    return c.body(documentOf(built, clusterName, first), 200, DOCUMENT_HEADERS);
  };
  for (const root of PAGE_ROOTS) {
    app.get(root, page);
    app.get(`${root}/*`, page);
  }

  for (const [path, view] of Object.entries(FOR_PEOPLE))
    app.get(path, (c, next) => {
      c.header('Vary', 'Accept');
      const { search } = new URL(c.req.url);
      const isPerson = c.req.header('Accept')?.includes('text/html') === true && search === '';
      return isPerson ? Promise.resolve(c.redirect(view)) : next();
    });
}
