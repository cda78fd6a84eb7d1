import type { SiteRules } from '../../base/cross-site.ts';
import { AuroraError } from '../../base/errors.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { StateEventStream } from '../events/event-stream.ts';
import type { FlagSlice } from '../flags/slices.ts';
import { httpApp } from '../http/http-app.ts';
import type { Leader } from '../http/leader-redirect.ts';
import { pages } from '../http/pages/pages.ts';
import { adminCalls } from '../http/rpc/admin.ts';
import { type Dispatch, dispatcher } from '../http/rpc/dispatch.ts';
import type { Handlers } from '../http/rpc/outcome.ts';
import { jobReads } from '../http/rpc/read-jobs.ts';
import { taskReads } from '../http/rpc/read-tasks.ts';
import type { RpcSettings } from '../http/rpc/rpc-settings.ts';
import { jobWrites } from '../http/rpc/write-jobs.ts';
import type { SandboxViews } from '../http/sandboxes/sandbox-views.ts';
import type { HttpServed } from '../http/server.ts';
import { views } from '../http/views/views.ts';
import type { WaitsOn } from '../http/views/waits-for.ts';
import type { SchedulerLifecycle } from '../lifecycle.ts';
import type { UnknownTasks } from '../mesos/unknown-tasks.ts';
import type { KnownOffers } from '../offers/known-offers.ts';
import type { PageLinks } from '../page-links.ts';
import type { Security } from '../security/security.ts';
import type { RunningHistory } from '../sla/running-history.ts';
import type { Tiers } from '../tiers.ts';
import type { Traces } from '../tracing/traces.ts';
import type { Part, World } from './part.ts';

export interface ServingSettings extends World {
  readonly flags: FlagSlice<'serving'>;
  readonly sites: SiteRules;
  /** Who may do what; undefined: no credentials are required. */
  readonly security?: Security | undefined;
  readonly audit?: AuditLog | undefined;
  readonly limits: FlagSlice<'limiting'>;
  readonly traces?: Traces | undefined;
  readonly rpc: RpcSettings;
  readonly tiers: Tiers;
  readonly links: PageLinks;
  readonly known: KnownOffers;
  readonly stream: StateEventStream;
  readonly unknown: UnknownTasks;
  readonly views: SandboxViews;
  readonly life: SchedulerLifecycle;
  readonly leader: () => Leader;
  readonly hostname: string;
  /** The program's version. */
  readonly version: string | undefined;
  readonly waitsOn: WaitsOn;
  readonly history: RunningHistory;
  /** The parts whose calls are served, too. */
  readonly parts: readonly Part[];
}

/** Joins the handlers of all parts. @throws AuroraError BUG when two parts answer the same call */
function together(all: readonly Handlers[]): Handlers {
  const names = all.flatMap(Object.keys);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new AuroraError('BUG', `two parts answer ${twice}`);
  return Object.assign({}, ...all);
}

const handlersOf = ({ parts, rpc }: ServingSettings): Handlers =>
  together([
    taskReads(rpc),
    jobReads(rpc),
    jobWrites(rpc),
    adminCalls(rpc),
    ...parts.map(({ handlers = {} }) => handlers),
  ]);

function dispatch(settings: ServingSettings, handlers: Handlers): Dispatch {
  const { flags, life, limits } = settings;
  return dispatcher({
    ...settings,
    mostItems: limits.httpMaxResultItems,
    handlers,
    serverInfo: { clusterName: flags.clusterName, statsUrlPrefix: flags.vizJobUrlPrefix },
    notReady: () => (life.state() === 'DEAD' ? 'the scheduler is stopping' : undefined),
  });
}

/** Everything that a leading scheduler serves over HTTP. */
export function serving(settings: ServingSettings): HttpServed {
  const { clock, flags, life, rpc, traces } = settings;
  const handlers = handlersOf(settings);
  const shown = views({
    ...settings,
    handlers,
    pending: rpc.pending,
    nextCronRunMs: rpc.nextCronRunMs,
    clusterName: flags.clusterName,
    isReadOnly: flags.pageReadOnly,
    startedMs: clock.nowMs(),
  });
  return httpApp({
    ...settings,
    dispatch: traces ? traces.dispatch(dispatch(settings, handlers)) : dispatch(settings, handlers),
    pages: pages({
      ...settings,
      views: shown,
      challenges: settings.security?.challenges ?? [],
      pending: rpc.pending,
      clusterName: flags.clusterName,
    }),
    healthy: () => life.state() !== 'DEAD',
    leading: () => life.state() === 'ACTIVE',
  });
}
