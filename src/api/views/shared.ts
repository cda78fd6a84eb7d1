/** A part of a list that the server sorted and cut. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** Of all rows that the filter lets through. */
  readonly total: number;
  /** Asks for the rows after these; absent behind the last. */
  readonly cursor?: string;
}

/** What every list can be asked: `?q=&sort=&dir=&cursor=&size=`. */
export const LIST_SIZES = { usual: 50, most: 200 } as const;

/** Whether a caller may make a call: true, or what they lack, for a person. */
export type Allowance = true | string;

/** The calls that the page makes for its reader. */
export const PAGE_CALLS = [
  'killTasks',
  'restartShards',
  'addInstances',
  'startJobUpdate',
  'pauseJobUpdate',
  'resumeJobUpdate',
  'pulseJobUpdate',
  'rollbackJobUpdate',
  'abortJobUpdate',
  'startCronJob',
  'descheduleCronJob',
  'drainHosts',
  'endMaintenance',
  'setQuota',
] as const;
export type PageCall = (typeof PAGE_CALLS)[number];
export type Can = { readonly [C in PageCall]: Allowance };

/** Who looks at the page, and at what. */
export interface SessionReply {
  readonly cluster: string;
  readonly version?: string;
  /** Absent for a caller who gave no name. */
  readonly user?: string;
  readonly can: Can;
}

/** What every view tells beside its own: what the caller may do, about the job that the view is about. */
export interface Viewed {
  readonly can: Can;
}

/** How many tasks are in each status; those without tasks are left out. */
export type StatusCounts = Readonly<Record<string, number>>;

/** Amounts of a task, a quota or an agent: cores, MB, MB, GPUs. */
export interface Amounts {
  readonly cpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
  readonly gpus?: number;
}

/** The reply of a view that cannot be shown. */
export interface ViewProblem {
  readonly problem: string;
  /** Names that may have been meant. */
  readonly near?: readonly string[];
}

/** What a document brings along, so that the first screen needs no second request. */
export interface FirstView {
  readonly session: SessionReply;
  /** The request that `view` answers, as a path with its query. */
  readonly request: string;
  readonly status: number;
  readonly view: unknown;
  /** Where the stream of changes stood before the view was made. */
  readonly position: string;
  /** Clock of the scheduler, epoch milliseconds. */
  readonly nowMs: number;
}
