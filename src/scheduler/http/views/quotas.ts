import type { QuotaReply, QuotaRow } from '../../../api/views/quota.ts';
import { turns } from '../../../base/turns.ts';
import { consumptionOfRole } from '../../quota/quota.ts';
import { quotaAmounts } from '../../quota/quota-amounts.ts';
import type { ReadStores } from '../../storage/index.ts';
import { listed, matcher } from './list-query.ts';
import type { View } from './view-settings.ts';

/** A role's quota and its consumption. */
export function quotaRow(stores: ReadStores, role: string): QuotaRow {
  const quota = stores.quotas.get(role);
  const used = consumptionOfRole(stores, role);
  return {
    role,
    ...(quota ? { quota: quotaAmounts(quota) } : {}),
    used: used.prodShared,
    production: { dedicated: used.prodDedicated },
    others: { shared: used.nonProdShared, dedicated: used.nonProdDedicated },
  };
}

const COLUMNS = {
  role: ({ role }: QuotaRow) => role,
  cpus: ({ used }: QuotaRow) => used.cpus,
  ram: ({ used }: QuotaRow) => used.ramMb,
  disk: ({ used }: QuotaRow) => used.diskMb,
  quota: ({ quota }: QuotaRow) => quota?.cpus,
};

/** All roles that have jobs or a quota. */
export const quotaView: View = async ({ clock, storage }, query): Promise<QuotaReply> => {
  const fits = matcher(query.q);
  const roles = storage.read(({ cronJobs, quotas, tasks }) => {
    const names = new Set<string>();
    for (const [role] of quotas.all()) names.add(role);
    for (const { role } of tasks.jobs()) names.add(role);
    for (const { key } of cronJobs.all()) names.add(key.role);
    return [...names].filter(fits);
  });
  const turn = turns(clock);
  const rows: QuotaRow[] = [];
  for (const role of roles) {
    rows.push(storage.read((stores) => quotaRow(stores, role)));
    const pause = turn();
    if (pause) await pause;
  }
  return listed(rows, COLUMNS, { sort: 'role', ...query });
};
