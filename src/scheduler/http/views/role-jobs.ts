import type { JobKey } from '../../../api/index.ts';
import type { KeptRow } from './job-row.ts';

/** What the jobs of a role amount to; whole numbers, so that adding and subtracting rows stays exact. */
export interface RoleSums {
  readonly jobs: number;
  readonly crons: number;
  readonly running: number;
  readonly pending: number;
  readonly updating: number;
}

type Counted = { -readonly [K in keyof RoleSums]: RoleSums[K] };

/** The rows of one role's jobs. What is known of the whole is kept up to date row by row. */
export interface RoleJobs {
  readonly role: string;
  readonly rows: ReadonlyMap<string, KeptRow>;
  readonly sums: RoleSums;
  /** The rows with a failure, and those with an update. */
  readonly failed: ReadonlySet<KeptRow>;
  readonly updating: ReadonlySet<KeptRow>;
  /** All rows; another array whenever any of them has changed. */
  list(): readonly KeptRow[];
}

export interface WriteRoleJobs extends RoleJobs {
  /** Jobs whose rows have to be made again, by the texts of their keys. */
  readonly changed: Map<string, JobKey>;
  /** Whether every job of the role has a row, or is in `changed`. */
  isWhole: boolean;
  /** Replaces a job's row; without one there is no such job. */
  put(text: string, row: KeptRow | undefined): void;
}

function count(sums: Counted, { counts, kind, update }: KeptRow, by: 1 | -1): void {
  sums.jobs += by;
  if (kind === 'cron') sums.crons += by;
  sums.running += by * (counts.RUNNING ?? 0);
  sums.pending += by * ((counts.PENDING ?? 0) + (counts.THROTTLED ?? 0));
  if (update) sums.updating += by;
}

export function roleJobs(role: string): WriteRoleJobs {
  const rows = new Map<string, KeptRow>();
  const sums: Counted = { jobs: 0, crons: 0, running: 0, pending: 0, updating: 0 };
  const [failed, updating] = [new Set<KeptRow>(), new Set<KeptRow>()];
  let list: readonly KeptRow[] | undefined;
  return {
    role,
    rows,
    sums,
    failed,
    updating,
    changed: new Map(),
    isWhole: false,
    list() {
      list ??= [...rows.values()];
      return list;
    },
    put(text, row) {
      const old = rows.get(text);
      if (old === row) return;
      list = undefined;
      if (old) {
        count(sums, old, -1);
        failed.delete(old);
        updating.delete(old);
      }
      if (!row) {
        rows.delete(text);
        return;
      }
      rows.set(text, row);
      count(sums, row, 1);
      if (row.failure) failed.add(row);
      if (row.update) updating.add(row);
    },
  };
}
