import type { Hono } from 'hono';
import { SLAVE_ASSIGNED_STATES } from '../../../api/index.ts';
import { crontabText, parseCrontab } from '../../../base/crontab.ts';
import { quotaAmounts } from '../../quota/quota-amounts.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { CallerEnv } from '../caller.ts';
import { jsonList, slicedBody } from '../sliced-body.ts';
import { json, type PageSettings } from './page-settings.ts';

function quotas(stores: ReadStores, role: string | undefined) {
  const shown: Record<string, Record<string, number>> = {};
  for (const [name, quota] of stores.quotas.all()) {
    if (role !== undefined && role !== name) continue;
    const { cpus, ramMb, diskMb, gpus } = quotaAmounts(quota);
    shown[name] = {
      cpu_cores: cpus,
      ram_mb: ramMb,
      disk_mb: diskMb,
      ...(gpus === undefined ? {} : { gpu_cores: gpus }),
    };
  }
  return shown;
}

/** Draining hosts without tasks are left out, as in the original. */
function maintenance(stores: ReadStores) {
  const hosts = { DRAINED: new Set<string>(), SCHEDULED: new Set<string>(), DRAINING: new Set<string>() };
  for (const [host, mode] of stores.modes.all()) if (mode !== 'NONE') hosts[mode].add(host);
  const draining = [...hosts.DRAINING].map((host) => {
    const tasks = stores.tasks.onHost(host).filter(({ status }) => SLAVE_ASSIGNED_STATES.has(status));
    return [host, tasks.map(({ assignedTask }) => assignedTask.taskId)] as const;
  });
  return {
    DRAINED: [...hosts.DRAINED],
    SCHEDULED: [...hosts.SCHEDULED],
    DRAINING: Object.fromEntries(draining.filter(([, tasks]) => tasks.length > 0)),
  };
}

/** The schedule in normal form; one that cannot be parsed is shown as it is stored. */
function scheduleText(schedule: string): string {
  const crontab = parseCrontab(schedule);
  return 'problem' in crontab ? schedule : crontabText(crontab);
}

/** JSON pages that show the stores and the offers we hold. Source of the formats: the original. */
export function storePages(app: Hono<CallerEnv>, { known, storage, tiers }: PageSettings): void {
  app.get('/quotas', (c) => {
    const role = c.req.query('role');
    return json(c, JSON.stringify(storage.read((stores) => quotas(stores, role))));
  });
  app.get('/tiers', (c) => {
    const byName = [...tiers.byName].map(([name, { preemptible, revocable }]) => [
      name,
      { preemptible, revocable },
    ]);
    return json(c, JSON.stringify({ default: tiers.defaultName, tiers: Object.fromEntries(byName) }));
  });
  app.get('/maintenance', (c) => json(c, JSON.stringify(storage.read(maintenance))));
  app.get('/cron', (c) => {
    const jobs = storage.read(({ cronJobs }) => [...cronJobs.all()]);
    const scheduled = jobs.map(({ key, cronSchedule = '' }) => [jobKeyText(key), scheduleText(cronSchedule)]);
    return json(c, JSON.stringify({ scheduled: Object.fromEntries(scheduled) }));
  });
  app.get('/offers', (c) => {
    const shown = known.look().flatMap(({ givenBackMs, offer: { offers } }) =>
      // We add the offer's age to what Mesos sent; offers that are still ours have none.
      offers.map((offer) =>
        givenBackMs === undefined ? offer : { ...offer, given_back_ms_ago: givenBackMs },
      ),
    );
    return json(c, slicedBody(jsonList(shown, (offer) => JSON.stringify(offer))));
  });
}
