import type { CronCollisionPolicy } from '../../api/index.ts';
import { RULES } from '../../api/rules/values.ts';
import type { Problem } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

/**
 * Mistakes of a job with a schedule: a service, whose runs would never end, and overlapping runs. Source: the scheduler
 * refuses both.
 */
export function cronProblems(job: ResolvedStruct<'Job'>): readonly Problem[] {
  const { cronSchedule, cronCollisionPolicy = 'KILL_EXISTING', service } = job;
  if (cronSchedule === undefined) return [];
  const policy = RULES.cronCollisionPolicy(cronCollisionPolicy.toUpperCase() as CronCollisionPolicy);
  const path = ['cronCollisionPolicy'];
  return [
    ...(service
      ? [
          {
            kind: 'bad-value',
            path: ['service'],
            text: 'must be false for a job with a cronSchedule',
          } as const,
        ]
      : []),
    ...(policy ? [{ kind: 'bad-value', path, text: policy } as const] : []),
  ];
}
