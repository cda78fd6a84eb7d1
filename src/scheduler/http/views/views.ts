import type { ViewName } from '../../../api/views/screens.ts';
import type { SessionReply, ViewProblem } from '../../../api/views/shared.ts';
import { viewPermission } from '../../security/doors.ts';
import { permissionText } from '../../security/permission.ts';
import { canOf } from '../allowance.ts';
import type { Caller } from '../caller.ts';
import { agentView } from './agent.ts';
import { agentLoads } from './agent-loads.ts';
import { agentsView } from './agents.ts';
import { cronView } from './cron.ts';
import { instanceView } from './instance.ts';
import { jobView } from './job.ts';
import { jobRows } from './job-rows.ts';
import { jobsView } from './jobs.ts';
import { maintenanceView } from './maintenance.ts';
import { pendingView } from './pending.ts';
import { quotaView } from './quotas.ts';
import { askedAbout, namedJob } from './required-names.ts';
import { roleQuotas } from './role-quotas.ts';
import { rolesView } from './roles.ts';
import { schedulerView } from './scheduler.ts';
import { searchView } from './search.ts';
import { sessionOf, sessionView } from './session.ts';
import { taskView } from './task.ts';
import { updateView } from './update.ts';
import { updatesView } from './updates.ts';
import { forbidden, ViewRefusal } from './view-refusal.ts';
import type { View, ViewQuery, ViewSettings } from './view-settings.ts';

/** Every view by its name below /api/view. */
const VIEWS: Readonly<Record<ViewName, View>> = {
  session: sessionView,
  roles: rolesView,
  jobs: jobsView,
  job: jobView,
  instance: instanceView,
  task: taskView,
  update: updateView,
  updates: updatesView,
  pending: pendingView,
  agents: agentsView,
  agent: agentView,
  maintenance: maintenanceView,
  cron: cronView,
  quota: quotaView,
  search: searchView,
  scheduler: schedulerView,
};

export interface ViewAnswer {
  readonly status: 200 | ViewRefusal['status'];
  readonly view: object | ViewProblem;
  /** Position of the stream of changes before the view was made: every later change comes after it. */
  readonly position: string;
}

/** Makes views. */
export interface Views {
  /**
   * Makes the reply of one view; what it shows is durable.
   * @throws AuroraError STORAGE
   */
  answer(name: ViewName, query: ViewQuery, caller: Caller): Promise<ViewAnswer>;
  session(caller: Caller): SessionReply;
}

export const VIEW_NAMES = Object.keys(VIEWS) as readonly ViewName[];

export const isViewName = (name: string): name is ViewName => Object.hasOwn(VIEWS, name);

export function views(settings: ViewSettings): Views {
  const { storage, stream } = settings;
  const world = {
    ...settings,
    rows: jobRows(settings),
    loads: agentLoads(settings),
    roleQuotas: roleQuotas(settings),
  };
  return {
    async answer(name, query, caller) {
      const position = `${stream.name}.${stream.position()}`;
      try {
        const permission = viewPermission(name, askedAbout(query));
        if (!caller.grants.permits(permission)) throw forbidden(caller, permissionText(permission));
        const view = await VIEWS[name](world, query, caller);
        await storage.settled();
        return {
          status: 200,
          view: { ...view, can: canOf(caller, settings.isReadOnly, namedJob(query)) },
          position,
        };
      } catch (error) {
        if (!(error instanceof ViewRefusal)) throw error;
        return { status: error.status, view: error.reply, position };
      }
    },
    session: (caller) => sessionOf(world, caller),
  };
}
