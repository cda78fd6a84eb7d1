import type { Context, Hono } from 'hono';
import { type Funnel, funnelText } from '../../scheduling/nearest-fit-funnel.ts';
import type { PendingGroup } from '../../scheduling/nearest-fit-view.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { CallerEnv } from '../caller.ts';
import { json, type PageSettings } from './page-settings.ts';

/** Most funnels in one reply: each costs a look at every offer. */
const MOST_FUNNELS = 100;

interface Shown {
  readonly group: PendingGroup;
  readonly funnel: Funnel | undefined;
}

/** The format in which Java prints a list; clients of the original parse it. */
const bracketed = (reasons: readonly string[]): string => `[${reasons.join(', ')}]`;

const tasksText = (count: number): string => (count === 1 ? '1 task is' : `${count} tasks are`);

function paragraph({ group, funnel }: Shown): string {
  const head = `${jobKeyText(group.config.job)}: ${tasksText(group.taskIds.length)} pending`;
  const lines = funnel ? funnelText(funnel) : 'not looked into: ask for fewer jobs with ?job=role/env/name';
  return [head, ...lines.split('\n').map((line) => `  ${line}`)].join('\n');
}

/**
 * /pendingtasks: groups of equal pending tasks, in the original's format. Additions of ours: `job` (role/env/name,
 * repeatable) filters; `funnel=true` adds, for each group, which agents were ruled out and why; `format=text` gives
 * that as text for people.
 */
export function pendingPage(app: Hono<CallerEnv>, { pending }: PageSettings): void {
  const shown = async (groups: readonly PendingGroup[], withFunnels: boolean): Promise<Shown[]> => {
    const all: Shown[] = [];
    for (const [at, group] of groups.entries()) {
      const funnel = withFunnels && at < MOST_FUNNELS ? await pending.funnel(group.config) : undefined;
      all.push({ group, funnel });
    }
    return all;
  };
  const asJson = ({ group, funnel }: Shown) => ({
    name: jobKeyText(group.config.job),
    taskIds: group.taskIds,
    penaltyMs: group.penaltyMs,
    reason: bracketed(pending.reasons(group.config)),
    ...(funnel ? { funnel } : {}),
  });
  app.get('/pendingtasks', async (c: Context) => {
    const jobs = new Set(c.req.queries('job'));
    const groups = pending
      .groups()
      .filter(({ config }) => jobs.size === 0 || jobs.has(jobKeyText(config.job)));
    if (c.req.query('format') === 'text') {
      const all = await shown(groups, true);
      return c.text(all.length > 0 ? `${all.map(paragraph).join('\n\n')}\n` : 'No task is pending.\n');
    }
    return json(c, JSON.stringify((await shown(groups, c.req.query('funnel') === 'true')).map(asJson)));
  });
}
