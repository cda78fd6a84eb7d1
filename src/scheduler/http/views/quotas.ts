import type { QuotaReply, QuotaRow } from '../../../api/views/quota.ts';
import { turns } from '../../../base/turns.ts';
import { listed, matcher } from './list-query.ts';
import type { View } from './view-settings.ts';

const COLUMNS = {
  role: ({ role }: QuotaRow) => role,
  cpus: ({ used }: QuotaRow) => used.cpus,
  ram: ({ used }: QuotaRow) => used.ramMb,
  disk: ({ used }: QuotaRow) => used.diskMb,
  quota: ({ quota }: QuotaRow) => quota?.cpus,
};

/** All roles that have jobs or a quota. */
export const quotaView: View = async ({ clock, roleQuotas, rows, storage }, query): Promise<QuotaReply> => {
  const fits = matcher(query.q);
  const names = new Set((await rows.roles()).map(({ role }) => role));
  for (const [role] of storage.read(({ quotas }) => quotas.all())) names.add(role);
  const turn = turns(clock);
  const shown: QuotaRow[] = [];
  for (const role of names) {
    if (fits(role)) shown.push(roleQuotas.of(role));
    const pause = turn();
    if (pause) await pause;
  }
  return listed(shown, COLUMNS, { sort: 'role', ...query });
};
