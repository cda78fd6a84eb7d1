/**
 * The catalogue of failures that a person may see. One entry a cause: what the process exits with and, where a
 * request failed, the HTTP status. docs/errors.md is read off this table.
 *
 * Exit codes are the original client's: 2 usage, 3 invalid configuration, 4 command failed, 6 invalid parameter,
 * 7 network failure on a call that must not be repeated, 9 timeout, 10 refused by the scheduler, 20 unknown,
 * 30 authentication, 130 interrupted. Daemons use 1.
 */
export const ERRORS = {
  BAD_AMOUNT: { exit: 2, http: 400 },
  USAGE: { exit: 2, http: 400 },
  CONFIG: { exit: 3, http: 400 },
  UNKNOWN_CLUSTER: { exit: 3, http: 400 },
  COMMAND_FAILED: { exit: 4, http: 400 },
  BAD_PARAMETER: { exit: 6, http: 400 },
  NETWORK: { exit: 7, http: 502 },
  TIMEOUT: { exit: 9, http: 504 },
  API: { exit: 10, http: 500 },
  UNKNOWN: { exit: 20, http: 500 },
  AUTH: { exit: 30, http: 401 },
  INTERRUPTED: { exit: 130, http: 500 },
  CODEC: { exit: 10, http: 400 },
  STORAGE: { exit: 1, http: 503 },
  BACKUP: { exit: 1, http: 500 },
  DATA_DIR_LOCKED: { exit: 1, http: 503 },
  PORT_IN_USE: { exit: 1, http: 503 },
  MESOS: { exit: 1, http: 502 },
  ZOOKEEPER: { exit: 1, http: 503 },
  EXECUTOR: { exit: 1, http: 500 },
  BUG: { exit: 1, http: 500 },
} as const satisfies Record<string, { readonly exit: number; readonly http: number }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorContext {
  /** Where: `file:line:column`, a URL, a path. */
  readonly where?: string | undefined;
  /** What the reader can do about it, as an imperative sentence without a full stop. */
  readonly next?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A failure with a known cause. Its message is complete for a person: what was wrong, then where in brackets, then
 * what to do. Anything else that is thrown is a bug of ours.
 */
export class AuroraError extends Error {
  override readonly name = 'AuroraError';
  readonly code: ErrorCode;
  /** What was wrong, alone. */
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
