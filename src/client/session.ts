import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { CallHooks } from './hooks/call-hooks.ts';

/** The terminal that a person looks at. */
export interface Terminal {
  /** The current size; it changes with the window. */
  size(): { readonly columns: number; readonly rows: number };
}

/** How long a command keeps trying when a scheduler does not answer. */
export interface CallLimits {
  /** From the first attempt to the last one. Default: ten minutes. */
  readonly retryForMs?: number | undefined;
  /** For one request. Default: a minute. */
  readonly callTimeoutMs?: number | undefined;
}

/** Everything that a command uses of the world outside; tests pass their own. */
export interface Session {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The clock for the waits between calls and between attempts. */
  readonly clock: Clock;
  /** Fires when the user interrupts the command. */
  readonly signal: AbortSignal;
  /** Reports progress on stderr; stdout holds only results. */
  readonly log: Logger;
  /** Writes a result to stdout, unchanged. */
  print(text: string): void;
  /**
   * Takes the result as data; only present when the user asks for it. When it is called several times the last value
   * counts.
   */
  readonly give?: ((value: unknown) => void) | undefined;
  /** Writes to stderr, unchanged, what the user must see at any log level. */
  complain(text: string): void;
  /** Opens a page in the user's browser; a browser that cannot be started is no failure. */
  openPage(url: string): void;
  /** The terminal; undefined unless stdout and stderr both go to one that supports more than plain lines. */
  terminal(): Terminal | undefined;
  /** The terminal for drawing progress; undefined unless stderr goes to one that supports more than plain lines. */
  progressTerminal?(): Terminal | undefined;
  /** Returns a function that asks the user a yes or no question; nothing unless someone sits at a terminal. */
  readonly asker?: (() => Promise<((question: string) => Promise<boolean>) | undefined>) | undefined;
  /** The User-Agent that is sent to the scheduler. Default: `Aurora V2`, the original client's. */
  readonly userAgent?: string | undefined;
  /** Use any scheduler that answers, not only the leader. */
  readonly bypassLeader?: boolean | undefined;
  readonly limits?: CallLimits | undefined;
  /** The trace that calls belong to (W3C Trace Context). */
  readonly traceparent?: string | undefined;
  /** The hooks of the user's modules that run around calls. */
  readonly hooks?: CallHooks | undefined;
  /** File descriptors for programs that get the terminal: stdin, stdout, stderr. */
  readonly stdio: readonly [number, number, number];
}

/** The user who submits jobs. Source: the original's order of variables, which is that of Python's getpass. */
export async function userName(env: Session['env']): Promise<string> {
  const { userInfo } = await import('node:os');
  return env.LOGNAME || env.USER || env.LNAME || env.USERNAME || userInfo().username;
}
