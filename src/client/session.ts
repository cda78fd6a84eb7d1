import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';

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
  /** Writes to stderr what a user has to see whatever the log level is, as it is. */
  complain(text: string): void;
  /** Opens a page in the user's browser; a browser that cannot be started is no failure. */
  openPage(url: string): void;
}

/** Who submits jobs. Source: the original's order of variables, which is that of Python's getpass. */
export async function userName(env: Session['env']): Promise<string> {
  const { userInfo } = await import('node:os');
  return env.LOGNAME || env.USER || env.LNAME || env.USERNAME || userInfo().username;
}
