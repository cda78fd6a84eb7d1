import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../../base/clock.ts';
import type { SiteRules } from '../../base/cross-site.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { auditing } from '../audit/audited.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Security } from '../security/security.ts';
import { betaRoute } from './beta-route.ts';
import { browserHeaders } from './browser-headers.ts';
import { callLimit } from './call-limit.ts';
import type { CallerEnv } from './caller.ts';
import { callers } from './callers.ts';
import { gzipResponses } from './compression.ts';
import { denials } from './denials.ts';
import { doorGuard } from './door-guard.ts';
import { leaderRedirect } from './leader-redirect.ts';
import type { Dispatch } from './rpc/dispatch.ts';
import { guarded } from './rpc/guarded.ts';
import type { SandboxViews } from './sandboxes/sandbox-views.ts';
import { siteGuard } from './site-guard.ts';
import { type StatusSettings, statusRoutes } from './status-routes.ts';
import { thriftRoute } from './thrift-route.ts';

/** Default limit of a request body. 4000 instances share one configuration, so real requests are a few kilobytes. */
const MAX_BODY_BYTES = 32 * 2 ** 20;
/** Default limit of requests per user and second, when authentication is on. */
const CALLS_PER_SEC = 1000;

export interface HttpAppSettings extends StatusSettings {
  readonly dispatch: Dispatch;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  /** Further routes, which come after all those added here. */
  readonly pages: Hono<CallerEnv>;
  /** Routes that read the sandboxes of tasks; undefined in a scheduler that does not lead. */
  readonly views?: Pick<SandboxViews, 'routes'> | undefined;
  /** Which web sites may send requests, and which host names are ours. Pages of `corsOrigin` may call /api. */
  readonly sites: SiteRules;
  /** Who may do what; undefined turns authentication off. */
  readonly security?: Security | undefined;
  /** Where changes and denials are recorded; undefined records nothing. */
  readonly audit?: AuditLog | undefined;
  readonly limits?: Partial<FlagSlice<'limiting'>> | undefined;
}

/** The whole HTTP interface of the scheduler. Tests can use `app.request`, without a socket. */
export function httpApp(settings: HttpAppSettings): Hono<CallerEnv> {
  const app = new Hono<CallerEnv>();
  app.use(async (c, next) => {
    const startMs = settings.clock.monotonicMs();
    await next();
    settings.counters.time(`http_${c.res.status}_responses`, settings.clock.monotonicMs() - startMs);
  });
  app.use(browserHeaders);
  app.use(siteGuard(settings.sites, settings));
  app.use(gzipResponses);
  const { corsOrigin } = settings.sites;
  if (corsOrigin !== undefined) {
    app.use('/api', async (c, next) => {
      await next();
      c.header('Access-Control-Allow-Origin', corsOrigin);
      c.header('Access-Control-Allow-Methods', 'DELETE,GET,HEAD,OPTIONS,POST,PUT');
      c.header('Access-Control-Allow-Headers', 'Accept,Content-Type,Origin,X-Requested-With');
    });
  }
  app.use(leaderRedirect(settings.leader));
  const turnedAway = denials(settings);
  app.use(callers(settings.security, turnedAway));
  const { httpMaxBodyBytes: maxSize = MAX_BODY_BYTES, httpMaxCallsPerSec: perSec } = settings.limits ?? {};
  app.use(callLimit({ ...settings, perSec: perSec ?? (settings.security ? CALLS_PER_SEC : 0) }));
  app.use(doorGuard(turnedAway));
  app.use(
    bodyLimit({
      maxSize,
      onError: (c) => c.text(`A request may have ${maxSize} bytes (-http_max_body_size).\n`, 413),
    }),
  );
  const { audit } = settings;
  const written = audit ? auditing(settings.dispatch, audit) : settings.dispatch;
  const dispatch = settings.security ? guarded(written, turnedAway) : written;
  thriftRoute(app, dispatch, turnedAway);
  betaRoute(app, dispatch, turnedAway);
  statusRoutes(app, settings);
  settings.views?.routes(app, turnedAway);
  app.route('/', settings.pages);
  app.onError((error, c) => {
    settings.counters.add('uncaught_exceptions');
    settings.log.error({ error: messageOf(error), path: c.req.path }, 'a request failed');
    return c.text('Internal error\n', 500);
  });
  return app;
}
