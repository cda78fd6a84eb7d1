/** A part of a list that the server has sorted and cut. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** The number of rows that pass the filter. */
  readonly total: number;
  /** Requests the rows after these; absent at the end of the list. */
  readonly cursor?: string;
}

/** Page sizes. Every list takes the parameters `?q=&sort=&dir=&cursor=&size=`. */
export const LIST_SIZES = { usual: 50, most: 200 } as const;

/** Whether a caller may make a call: true, or a text that says what is missing. */
export type Allowance = true | string;

/** The calls that the page makes for its user. */
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

/** The user of the page, and what they may do. */
export interface SessionReply {
  readonly cluster: string;
  readonly version?: string;
  /** Absent when the caller has no name. */
  readonly user?: string;
  readonly can: Can;
}

/** Added to every view: what the caller may do, with regard to the view's job. */
export interface Viewed {
  readonly can: Can;
}

/** A link to a tool of the operator; always an http or https address. */
export interface PageLink {
  readonly name: string;
  readonly href: string;
}

/** A view that shows links to the operator's tools (-page_links); absent when there are none for it. */
export interface WithToolLinks {
  readonly toolLinks?: readonly PageLink[];
}

/** The number of tasks in each status; statuses without tasks are omitted. */
export type StatusCounts = Readonly<Record<string, number>>;

/** Amounts of a task, a quota or an agent: cores, MB, MB, GPUs. */
export interface Amounts {
  readonly cpus: number;
  readonly ramMb: number;
  readonly diskMb: number;
  readonly gpus?: number;
}

/** The reply when a view cannot be shown. */
export interface ViewProblem {
  readonly problem: string;
  /** Similar names that may have been meant. */
  readonly near?: readonly string[];
}

/** Sent with the document, so that the first screen needs no second request. */
export interface FirstView {
  readonly session: SessionReply;
  /** The request that `view` answers, as a path with its query. */
  readonly request: string;
  readonly status: number;
  readonly view: unknown;
  /** Position of the stream of changes before the view was made. */
  readonly position: string;
  /** The scheduler's clock, epoch milliseconds. */
  readonly nowMs: number;
}
