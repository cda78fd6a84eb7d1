import { ACTIVE_STATES } from '../../../api/index.ts';
import type { QuotaRow } from '../../../api/views/quota.ts';
import { consumptionOfRole } from '../../quota/quota.ts';
import { quotaAmounts } from '../../quota/quota-amounts.ts';
import type { StateEvent, StateEvents } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';

/** The quotas of roles, and what each role uses: that is added up again only when it may have changed. */
export interface RoleQuotas {
  of(role: string): QuotaRow;
}

/** The roles that may use more or less after this event. */
function* rolesOf(event: StateEvent): Generator<string> {
  if (event.kind === 'taskStateChanged') {
    const { assignedTask, status } = event.task;
    if (ACTIVE_STATES.has(event.oldState) !== ACTIVE_STATES.has(status)) yield assignedTask.task.job.role;
  } else if (event.kind === 'tasksDeleted') {
    for (const { assignedTask } of event.tasks) yield assignedTask.task.job.role;
  } else if (event.kind === 'updateChanged') yield event.key.job.role;
}

/** What a role uses, in the form in which it is shown. */
type RoleUse = Omit<QuotaRow, 'role' | 'quota'>;

/** Names may be anything: with more than this, all are forgotten. */
const MOST_ROLES = 10_000;

/** Creates the cache, which follows the events for as long as the scheduler lives. */
export function roleQuotas({
  events,
  storage,
}: {
  readonly events: StateEvents;
  readonly storage: Pick<Storage, 'read'>;
}): RoleQuotas {
  const uses = new Map<string, RoleUse>();
  /** Templates of cron jobs count too, and change without an event. */
  let templatesVersion = -1;
  events.subscribe((event) => {
    if (uses.size > 0) for (const role of rolesOf(event)) uses.delete(role);
  });
  return {
    of: (role) =>
      storage.read((stores) => {
        const version = stores.cronJobs.version();
        if (version !== templatesVersion || uses.size > MOST_ROLES) uses.clear();
        templatesVersion = version;
        let use = uses.get(role);
        if (!use) {
          const used = consumptionOfRole(stores, role);
          use = {
            used: used.prodShared,
            production: { dedicated: used.prodDedicated },
            others: { shared: used.nonProdShared, dedicated: used.nonProdDedicated },
          };
          uses.set(role, use);
        }
        const quota = stores.quotas.get(role);
        return { role, ...(quota ? { quota: quotaAmounts(quota) } : {}), ...use };
      }),
  };
}
