import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../base/clock.ts';
import type { Session } from '../client/session.ts';
import { startObserver } from '../observer/main.ts';
import { programLog } from './program-log.ts';

/** Runs an observer until it is stopped; returns the exit code. Throws AuroraError when it cannot start. */
export async function runObserver(session: Session, words: readonly string[]): Promise<number> {
  // It runs on every machine and its data changes little, so less memory matters more than faster garbage collection.
  setFlagsFromString('--optimize-for-size');
  const log = programLog(session.complain);
  const observer = await startObserver({ words, clock: systemClock, log });
  session.print(`Observer at http://127.0.0.1:${observer.port}\n`);
  await new Promise<void>((stop) => {
    if (session.signal.aborted) return stop();
    session.signal.addEventListener('abort', () => stop(), { once: true });
  });
  await observer.close();
  return 0;
}
