import type { Hono } from 'hono';
import type { CallerEnv } from '../caller.ts';
import { json, type PageSettings } from './page-settings.ts';

/** /unknowntasks: running tasks that are not in the state but are kept, as JSON, with their host where it is known. */
export function unknownTasksPage(app: Hono<CallerEnv>, { storage, unknown }: PageSettings): void {
  app.get('/unknowntasks', (c) => {
    const shown = [...unknown.kept()].map(({ taskId, agentId, state, sinceMs }) => {
      const agent = agentId && storage.read(({ hosts }) => hosts.ofAgent(agentId));
      return { taskId, agentId, host: agent ? agent.host : undefined, state, since: new Date(sinceMs) };
    });
    return json(c, JSON.stringify(shown));
  });
}
