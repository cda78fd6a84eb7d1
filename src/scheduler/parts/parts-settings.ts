import type { Clock } from '../../base/clock.ts';
import type { SiteRules } from '../../base/cross-site.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { SchedulerOptions } from '../flags/parse.ts';
import type { Leader } from '../http/leader-redirect.ts';
import type { Executors } from '../launch/executors.ts';
import type { SchedulerLifecycle } from '../lifecycle.ts';
import type { MesosCalls } from '../mesos/mesos-calls.ts';
import type { Counters } from '../metrics/counters.ts';
import type { OfferOrder } from '../offers/offer-order.ts';
import type { PageLinks } from '../page-links.ts';
import type { Security } from '../security/security.ts';
import type { Storage } from '../storage/index.ts';
import type { Disk } from '../storage/log/disk.ts';
import type { Tiers } from '../tiers.ts';
import type { Traces } from '../tracing/traces.ts';
import type { WebhookConfig } from '../webhook/webhook-config.ts';

/** What the parts are made from: checked flags, and the world. */
export interface PartsSettings {
  readonly options: SchedulerOptions;
  readonly hostname: string;
  /** Which web pages may call. */
  readonly sites: SiteRules;
  /** Who may do what; undefined: no credentials are required. */
  readonly security?: Security | undefined;
  readonly audit?: AuditLog | undefined;
  readonly tiers: Tiers;
  readonly executors: Executors;
  readonly order: OfferOrder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly calls: MesosCalls;
  readonly life: SchedulerLifecycle;
  /** The leader to name to clients. */
  readonly leader: () => Leader;
  /** Links of the web page to other tools. */
  readonly links: PageLinks;
  /** Where to report changes of tasks. */
  readonly webhook?: WebhookConfig | undefined;
  /** The program's version. */
  readonly version: string | undefined;
  /** The disk for backups; default the machine's. */
  readonly backupDisk?: Disk | undefined;
  /** Undefined where nobody traces. */
  readonly traces?: Traces | undefined;
  /** Ends this scheduler; `reason` is logged. */
  end(reason: string): void;
}
