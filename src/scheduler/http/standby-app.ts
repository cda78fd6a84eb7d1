import { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { SiteRules } from '../../base/cross-site.ts';
import type { Logger } from '../../base/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Security } from '../security/security.ts';
import type { CallerEnv } from './caller.ts';
import { httpApp } from './http-app.ts';
import { type Leader, standbyPage } from './leader-redirect.ts';
import { dispatcher } from './rpc/dispatch.ts';

export interface StandbySettings {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  readonly clusterName: string;
  readonly statsUrlPrefix: string;
  readonly sites: SiteRules;
  readonly security?: Security | undefined;
  readonly audit?: AuditLog | undefined;
  readonly limits?: Partial<FlagSlice<'limiting'>> | undefined;
  leader(): Leader;
  /** Whether the process can do its work. */
  healthy(): boolean;
}

/**
 * What a scheduler serves while it does not lead, or not yet: redirects to the leader, its own health and metrics, and
 * a page that says who leads. Calls that are not redirected get ERROR_TRANSIENT, so that clients try again.
 */
export function standbyApp(settings: StandbySettings): Hono<CallerEnv> {
  const { clusterName, leader, statsUrlPrefix } = settings;
  const pages = new Hono<CallerEnv>();
  const show = (url: string) => standbyPage(leader(), new URL(url).protocol.slice(0, -1));
  pages.get('/', (c) => c.html(show(c.req.url)));
  pages.get('/index.html', (c) => c.html(show(c.req.url)));
  pages.all('*', (c) => c.html(show(c.req.url), 503));
  return httpApp({
    ...settings,
    dispatch: dispatcher({
      ...settings,
      handlers: {},
      storage: { settled: async () => {}, refusesWrites: () => undefined },
      serverInfo: { clusterName, statsUrlPrefix },
      notReady: () =>
        leader() === 'self' ? 'this scheduler is still reading its state' : 'this scheduler does not lead',
    }),
    pages,
    leading: () => false,
  });
}
