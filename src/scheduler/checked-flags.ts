import { hostname as machineName } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { isTimeZone } from '../base/time-zone.ts';
import { masterDetector } from '../mesos/index.ts';
import { siteRules } from './http/site-rules.ts';
import { executorPath } from './launch/executor-path.ts';
import { executors } from './launch/executors.ts';
import { electionPlace, logPlace } from './leader/ensemble.ts';
import { frameworkCredentials } from './mesos/credentials.ts';
import { offerOrder } from './offers/offer-order.ts';
import { loadPageLinks } from './page-links.ts';
import type { SchedulerSettings } from './scheduler-settings.ts';
import { loadTiers } from './tiers.ts';
import { loadWebhook } from './webhook/webhook-config.ts';

/** Checks everything that a wrong flag can break, before anything is opened. */
export function checkedFlags(
  settings: SchedulerSettings,
  world: { readonly clock: Clock; readonly random: Random; readonly log: Logger },
) {
  const hostname = settings.hostname ?? machineName();
  const { frameworkAuthenticationFile: authentication, thermosExecutorPath: executor } = settings;
  if (!isTimeZone(settings.cronTimezone))
    throw new AuroraError(
      'USAGE',
      `--cron-timezone: ${JSON.stringify(settings.cronTimezone)} is no time zone; name one as the tz database does, such as GMT or Europe/Berlin`,
    );
  return {
    election: electionPlace(settings),
    place: logPlace(settings),
    detector: masterDetector(settings.mesosMaster, world),
    tiers: loadTiers(settings.tierConfig),
    links: loadPageLinks(settings.pageLinks),
    webhook: loadWebhook(settings.webhookConfig),
    order: offerOrder(settings.offerOrder),
    executors: executors({
      ...settings,
      thermosExecutorPath: executorPath(executor, settings.localAgents ?? false),
    }),
    credentials: authentication === undefined ? undefined : frameworkCredentials(authentication),
    hostname,
    sites: siteRules(settings, hostname),
  };
}
