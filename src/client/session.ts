import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { CallHooks } from './hooks/call-hooks.ts';

/** The terminal that a person looks at. */
export interface Terminal {
  /** Its size now; it changes when the window does. */
  size(): { readonly columns: number; readonly rows: number };
}

/** How long a command bears with a scheduler that does not answer. */
export interface CallLimits {
  /** From the first attempt to the last one; default ten minutes. */
  readonly retryForMs?: number | undefined;
  /** One request; default a minute. */
  readonly callTimeoutMs?: number | undefined;
}

/** What a command has of the world around it; tests pass their own. */
export interface Session {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Waits between calls and between attempts go through this clock. */
  readonly clock: Clock;
  /** Fires when the user interrupts the command. */
  readonly signal: AbortSignal;
  /** Progress, on stderr: stdout holds nothing but results. */
  readonly log: Logger;
  /** Writes results to stdout, as they are. */
  print(text: string): void;
  /** Takes the result as data; only there when the user wants it so. Of several the last one counts. */
  readonly give?: ((value: unknown) => void) | undefined;
  /** Writes to stderr what a user has to see whatever the log level is, as it is. */
  complain(text: string): void;
  /** Opens a page in the user's browser; a browser that cannot be started is no failure. */
  openPage(url: string): void;
  /** Undefined unless both stdout and stderr go to a terminal that can do more than lines. */
  terminal(): Terminal | undefined;
  /** Where progress can be drawn: stderr, when it is a terminal that can do more than lines. */
  progressTerminal?(): Terminal | undefined;
  /** What asks a person yes or no; nothing unless one sits at a terminal. */
  readonly asker?: (() => Promise<((question: string) => Promise<boolean>) | undefined>) | undefined;
  /** What the scheduler is told about who calls; default `Aurora V2`, the original client's name. */
  readonly userAgent?: string | undefined;
  /** Asks whichever scheduler is there, not only the leader. */
  readonly bypassLeader?: boolean | undefined;
  readonly limits?: CallLimits | undefined;
  /** Of the trace that calls belong to (W3C Trace Context). */
  readonly traceparent?: string | undefined;
  /** What the user's modules run around calls. */
  readonly hooks?: CallHooks | undefined;
  /** File descriptors for programs that get the terminal: stdin, stdout, stderr. */
  readonly stdio: readonly [number, number, number];
}

/** Who submits jobs. Source: the original's order of variables, which is that of Python's getpass. */
export async function userName(env: Session['env']): Promise<string> {
  const { userInfo } = await import('node:os');
  return env.LOGNAME || env.USER || env.LNAME || env.USERNAME || userInfo().username;
}
