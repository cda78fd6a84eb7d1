import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { encodePlain, encodeStruct, SLAVE_ASSIGNED_STATES, type TaskConfig } from '../../../api/index.ts';
import type { Storage } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { CallerEnv } from '../caller.ts';
import { jsonObject, slicedBody } from '../sliced-body.ts';
import { json, type PageSettings } from './page-settings.ts';

/** Stored configurations are shared objects, so each is hashed only once. */
const keys = new WeakMap<TaskConfig, string>();

/** `role/environment/name-HASH`, the same for equal configurations. HASH is a signed 32-bit number. */
function configKey(config: TaskConfig): string {
  const known = keys.get(config);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(encodeStruct('TaskConfig', config)).digest().readInt32BE(0);
  const key = `${jobKeyText(config.job)}-${hash}`;
  keys.set(config, key);
  return key;
}

/** Each job is read when its turn comes, so the cluster may change while the page is written. */
function* stateParts(storage: Storage): Generator<string> {
  const jobs = storage.read(({ tasks }) => [...tasks.jobs()]);
  const agents = new Map<string, string[]>();
  function* configs(): Generator<readonly [string, string]> {
    for (const job of jobs) {
      const seen = new Set<TaskConfig>();
      for (const { status, assignedTask } of storage.read(({ tasks }) => tasks.activeOf(job))) {
        const { slaveId, task } = assignedTask;
        if (!SLAVE_ASSIGNED_STATES.has(status) || slaveId === undefined) continue;
        const key = configKey(task);
        const known = agents.get(slaveId);
        if (known) known.push(key);
        else agents.set(slaveId, [key]);
        if (seen.has(task)) continue;
        seen.add(task);
        yield [key, encodePlain('TaskConfig', task)];
      }
    }
  }
  function* onAgents(): Generator<readonly [string, string]> {
    for (const [agent, tasks] of agents) yield [agent, JSON.stringify(tasks)];
  }
  yield '{"taskConfigs":';
  yield* jsonObject(configs());
  yield ',"agents":';
  yield* jsonObject(onAgents());
  yield '}';
}

/** /state: the tasks on each agent, with each configuration written once. Source of the format: the original. */
export function statePage(app: Hono<CallerEnv>, { storage }: PageSettings): void {
  app.get('/state', (c) => json(c, slicedBody(stateParts(storage))));
}
