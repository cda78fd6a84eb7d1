import type { Problem } from '../resolve/problem.ts';
import type { Resolved } from '../schema/table.ts';

/** A service on a schedule: a run of it would never end. Source: the scheduler refuses it. */
export const cronProblems = ({ cronSchedule, service }: Resolved<'Job'>): readonly Problem[] =>
  cronSchedule !== undefined && service
    ? [{ kind: 'bad-value', path: ['service'], text: 'must be false for a job with a cronSchedule' }]
    : [];
