import type { Wire } from '../api/index.ts';
import type { RoleKey } from './job-key.ts';
import { resourceTexts } from './resource-text.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** What a role may use and what it uses, in the order of the output. Source: the original's words. */
const PARTS = [
  ['quota', 'Allocated:'],
  ['prodSharedConsumption', 'Production shared pool resources consumed:'],
  ['prodDedicatedConsumption', 'Production dedicated pool resources consumed:'],
  ['nonProdSharedConsumption', 'Non-production shared pool resources consumed:'],
  ['nonProdDedicatedConsumption', 'Non-production dedicated pool resources consumed:'],
] as const;

/** Prints the quota of a role and what it uses. Throws API when the scheduler refuses. */
export async function showQuota(
  session: Session,
  { cluster, role }: RoleKey,
  { json }: { readonly json: boolean },
): Promise<void> {
  session.log.info({}, `Getting quota for: ${role}`);
  const response = await schedulerOf(session, cluster).query('getQuota', { ownerRole: role });
  const header = `Error retrieving quota for role ${role}`;
  const quota = requireOk(response, session.log, { header }).result?.getQuotaResult ?? {};
  session.give?.({
    role,
    ...Object.fromEntries(PARTS.map(([part]) => [part, amountsIn(quota[part]?.resources ?? [])])),
  });
  session.print(json ? `${jsonText(quota)}\n` : textOf(quota));
}

/** The amounts by kind; a kind that is not set is left out. */
const amountsIn = (resources: readonly Wire<'Resource'>[]) =>
  Object.fromEntries(
    resources.flatMap((resource) => Object.entries(resource).filter(([, value]) => value !== undefined)),
  );

const textOf = (quota: Wire<'GetQuotaResult'>): string =>
  PARTS.flatMap(([part, title]) =>
    quota[part] ? [title, ...resourceTexts(quota[part].resources ?? []).map((text) => `  ${text}`)] : [],
  )
    .map((line) => `${line}\n`)
    .join('');

const jsonText = (quota: Wire<'GetQuotaResult'>): string =>
  JSON.stringify(Object.fromEntries(PARTS.map(([part]) => [part, quota[part]])), (_, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
