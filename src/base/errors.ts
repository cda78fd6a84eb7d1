/**
 * The catalogue of failures that a user may see. Each cause has the exit code of the process and, for a failed request,
 * the HTTP status. docs/errors.md is generated from this table; `npm run check` fails when it is out of date.
 *
 * Exit codes are the original client's: 2 usage, 3 invalid configuration, 4 command failed, 6 invalid parameter,
 * 7 network failure on a call that must not be repeated, 9 timeout, 10 refused by the scheduler, 20 unknown,
 * 30 authentication, 130 interrupted. Daemons use 1.
 */
export const ERRORS = {
  BAD_AMOUNT: {
    exit: 2,
    http: 400,
    means: 'A duration or size is not written with a unit, as in 5mins or 128MB.',
  },
  USAGE: {
    exit: 2,
    http: 400,
    means: 'The command line has a word or flag that it cannot have.',
  },
  CONFIG: {
    exit: 3,
    http: 400,
    means: 'A file that describes jobs, clusters, tiers or executors is wrong or missing.',
  },
  UNKNOWN_CLUSTER: {
    exit: 3,
    http: 400,
    means: 'No clusters.json names the cluster.',
  },
  COMMAND_FAILED: {
    exit: 4,
    http: 400,
    means: 'The command ran, but did not achieve what was asked for.',
  },
  BAD_PARAMETER: {
    exit: 6,
    http: 400,
    means: 'The request is impossible: the job does not exist, or a rule forbids a name or a number.',
  },
  NETWORK: {
    exit: 7,
    http: 502,
    means:
      'A call did not get through, or its answer was lost. The text says whether it may have been carried out.',
  },
  TIMEOUT: {
    exit: 9,
    http: 504,
    means: 'Nobody answered within the time limit.',
  },
  API: {
    exit: 10,
    http: 500,
    means: 'The scheduler refused the call, and its messages say why.',
  },
  UNKNOWN: {
    exit: 20,
    http: 500,
    means: 'The other side sent something that cannot be understood.',
  },
  AUTH: {
    exit: 30,
    http: 401,
    means: 'The other side wants credentials, or refused the ones it got.',
  },
  INTERRUPTED: {
    exit: 130,
    http: 500,
    means: 'The user ended the command.',
  },
  CODEC: {
    exit: 10,
    http: 400,
    means: 'The bytes or the JSON of a call cannot be parsed.',
  },
  STORAGE: {
    exit: 1,
    http: 503,
    means: "The scheduler's log cannot be read or written. The scheduler then exits.",
  },
  BACKUP: {
    exit: 1,
    http: 500,
    means: 'A backup cannot be written, read or recovered from.',
  },
  DATA_DIR_LOCKED: {
    exit: 1,
    http: 503,
    means: 'Another process uses the data directory.',
  },
  PORT_IN_USE: {
    exit: 1,
    http: 503,
    means: 'Another process listens on the port.',
  },
  MESOS: {
    exit: 1,
    http: 502,
    means: 'The Mesos master refuses the scheduler or cannot be reached.',
  },
  ZOOKEEPER: {
    exit: 1,
    http: 503,
    means: 'ZooKeeper cannot be reached, or has taken the leadership away.',
  },
  EXECUTOR: {
    exit: 1,
    http: 500,
    means: "A task cannot be run as it was given to the executor; the text is the task's last message.",
  },
  HOOK: {
    exit: 1,
    http: 403,
    means: "A hook or a plugin of the user's own modules stopped the command.",
  },
  BUG: {
    exit: 1,
    http: 500,
    means: 'An unexpected internal error: please report it with the text.',
  },
} as const satisfies Record<string, { readonly exit: number; readonly http: number; readonly means: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorContext {
  /** The place of the failure: `file:line:column`, a URL or a path. */
  readonly where?: string | undefined;
  /** What the user can do about it, as an imperative sentence without a full stop. */
  readonly next?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A failure with a known cause. Its message is complete for a person: what was wrong, then where (in brackets), then
 * what to do. Anything else that is thrown is a bug of ours.
 */
export class AuroraError extends Error {
  override readonly name = 'AuroraError';
  readonly code: ErrorCode;
  /** Only what was wrong, without the place and the advice. */
  readonly text: string;
  readonly where: string | undefined;
  readonly next: string | undefined;

  constructor(code: ErrorCode, text: string, context: ErrorContext = {}) {
    const where = context.where ? ` (${context.where})` : '';
    const next = context.next ? `; ${context.next}` : '';
    super(`${text}${where}${next}`, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.text = text;
    this.where = context.where;
    this.next = context.next;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }

  get httpStatus(): number {
    return ERRORS[this.code].http;
  }
}

/** The text of anything thrown, for a log line or an RPC detail. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
