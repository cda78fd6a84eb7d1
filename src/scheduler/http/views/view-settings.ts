import type { JobConfiguration } from '../../../api/index.ts';
import type { Clock } from '../../../base/clock.ts';
import type { StateEventStream } from '../../events/event-stream.ts';
import type { SchedulerLifecycle } from '../../lifecycle.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { KnownOffers } from '../../offers/known-offers.ts';
import type { PageLinks } from '../../page-links.ts';
import type { PendingView } from '../../scheduling/nearest-fit-view.ts';
import type { RunningHistory } from '../../sla/running-history.ts';
import type { StateEvents } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';
import type { Tiers } from '../../tiers.ts';
import type { Caller } from '../caller.ts';
import type { Handlers } from '../rpc/outcome.ts';
import type { AgentLoads } from './agent-loads.ts';
import type { JobRows } from './job-rows.ts';
import type { RoleQuotas } from './role-quotas.ts';
import type { WaitsOn } from './waits-for.ts';

/** What views are made from. */
export interface ViewSettings {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly events: StateEvents;
  readonly stream: StateEventStream;
  readonly pending: PendingView;
  readonly known: KnownOffers;
  readonly tiers: Tiers;
  readonly counters: Pick<Counters, 'values'>;
  readonly life: Pick<SchedulerLifecycle, 'state'>;
  readonly clusterName: string;
  /** The page offers no writes, whatever its reader may do. */
  readonly isReadOnly: boolean;
  readonly links: PageLinks;
  readonly hostname: string;
  readonly version: string | undefined;
  readonly nextCronRunMs: (job: JobConfiguration) => number | undefined;
  /** Start of the process, epoch milliseconds. */
  readonly startedMs: number;
  readonly waitsOn: WaitsOn;
  readonly history: Pick<RunningHistory, 'of'>;
  /** Handlers of the API, for what only one of its calls can tell. */
  readonly handlers: Handlers;
}

/** The settings, with what is cached between requests. */
export interface ViewWorld extends ViewSettings {
  readonly rows: JobRows;
  readonly loads: AgentLoads;
  readonly roleQuotas: RoleQuotas;
}

export type ViewQuery = Readonly<Record<string, string>>;

/** Makes the reply of one view. @throws ViewRefusal */
export type View = (world: ViewWorld, query: ViewQuery, caller: Caller) => object | Promise<object>;
