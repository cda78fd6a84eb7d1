import type { JobReply } from '../../api/views/job.ts';
import { funnelSentence } from './funnel.ts';
import { badness } from './states.ts';

/** The state of a job in one sentence: `98 of 100 running, 2 pending: Insufficient: ram on 812 of 812 agents.` */
export function jobSentence({ row, waits }: Pick<JobReply, 'row' | 'waits'>): string {
  const { counts, instances, kind } = row;
  const active = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (active === 0) return kind === 'cron' ? 'No run goes on now.' : 'No instance is active.';
  const of = kind === 'cron' ? active : instances;
  const running = counts.RUNNING ?? 0;
  const others = Object.entries(counts)
    .filter(([state]) => state !== 'RUNNING')
    .sort(([a], [b]) => badness(a) - badness(b))
    .map(([state, count]) => `${count} ${state.toLowerCase()}`);
  const head =
    running < of
      ? `${running} of ${of} running`
      : of === 1
        ? 'Its instance is running'
        : `All ${of} instances are running`;
  const text = [head, ...others].join(', ');
  const [wait] = waits;
  return wait ? `${text}: ${funnelSentence(wait.funnel)}.` : `${text}.`;
}
