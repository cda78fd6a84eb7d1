import type { IncomingMessage, ServerResponse } from 'node:http';
import { removeFramework } from '../frameworks.ts';
import type { MachineId } from '../machines.ts';
import { maintenanceSchedule, maintenanceStatus, startMaintenance, stopMaintenance } from '../maintenance.ts';
import { BUILD } from '../operator-state.ts';
import type { MasterState } from '../state.ts';
import { agentsState, flagsState, frameworksState, fullState, tasksState } from '../state-endpoints.ts';
import { metricsState, rolesState, summaryState } from '../usage-endpoints.ts';
import { answerEmpty, answerJson, HttpRefusal, readBody, requireMethod } from './answers.ts';
import { operatorEndpoint } from './operator-v1.ts';
import { schedulerEndpoint } from './scheduler-endpoint.ts';

type Read = (master: MasterState, query: URLSearchParams) => unknown;
type Endpoint = (master: MasterState, req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

const DEFAULT_TASK_LIMIT = 100;

/** Endpoints that return JSON. */
const READS: Readonly<Record<string, Read>> = {
  '/version': () => BUILD,
  '/state': fullState,
  '/state-summary': summaryState,
  '/slaves': (master, query) => agentsState(master, query.get('slave_id')),
  '/frameworks': (master, query) => frameworksState(master, query.get('framework_id')),
  '/tasks': (master, query) =>
    tasksState(master, {
      limit: Number(query.get('limit') ?? DEFAULT_TASK_LIMIT),
      offset: Number(query.get('offset') ?? 0),
      order: query.get('order') === 'asc' ? 'asc' : 'des',
      frameworkId: query.get('framework_id'),
      taskId: query.get('task_id'),
    }),
  '/roles': rolesState,
  '/flags': flagsState,
  '/metrics/snapshot': metricsState,
  '/quota': () => ({}),
  '/weights': () => [],
  '/maintenance/schedule': maintenanceSchedule,
  '/maintenance/status': maintenanceStatus,
};

/** POST /teardown with `frameworkId=...` in the body. */
const teardown: Endpoint = async (master, req, res) => {
  requireMethod(req, ['POST']);
  const id = new URLSearchParams((await readBody(req)).toString('utf8')).get('frameworkId');
  if (id === null) throw new HttpRefusal(400, "Missing 'frameworkId' query parameter in the request body");
  const framework = master.frameworks.get(id);
  if (!framework) throw new HttpRefusal(400, 'No framework found with specified ID');
  removeFramework(master, framework);
  answerEmpty(res, 200);
};

const machines =
  (change: (master: MasterState, machines: readonly MachineId[]) => string | undefined): Endpoint =>
  async (master, req, res) => {
    requireMethod(req, ['POST']);
    let ids: unknown;
    try {
      ids = JSON.parse((await readBody(req)).toString('utf8'));
    } catch {
      ids = undefined;
    }
    if (!Array.isArray(ids)) throw new HttpRefusal(400, 'Expecting a JSON array of machines');
    const fault = change(master, ids as MachineId[]);
    if (fault !== undefined) throw new HttpRefusal(400, fault);
    answerEmpty(res, 200);
  };

const SCHEDULER_PATH = '/api/v1/scheduler';

/** Endpoints that do something. */
const ACTIONS: Readonly<Record<string, Endpoint>> = {
  [SCHEDULER_PATH]: schedulerEndpoint,
  '/api/v1': operatorEndpoint,
  '/health': (_master, _req, res) => answerEmpty(res, 200),
  '/redirect': ({ address }, _req, res) =>
    answerEmpty(res, 307, ['Location', `//${address.hostname}:${address.port}`]),
  '/teardown': teardown,
  '/machine/down': machines(startMaintenance),
  '/machine/up': machines(stopMaintenance),
};

/** Answers any request. @throws HttpRefusal */
export async function route(master: MasterState, req: IncomingMessage, res: ServerResponse): Promise<void> {
  // A shortcut for schedulers' calls, which are most of the requests and always use the same path.
  if (req.url === SCHEDULER_PATH) return schedulerEndpoint(master, req, res);
  const url = new URL(req.url ?? '/', 'http://master');
  const path = url.pathname.replace(/^\/master(?=\/)/, '').replace(/(.)\/$/, '$1');
  const read = READS[path];
  if (read) return answerJson(req, res, url.searchParams, read(master, url.searchParams));
  const action = ACTIONS[path];
  if (!action) throw new HttpRefusal(404, '404 Not Found.');
  await action(master, req, res);
}
