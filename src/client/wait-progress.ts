import { type ClusterJobKey, wireJobKey } from './job-key.ts';
import { liveBlock } from './live-block.ts';
import { pendingReasons } from './pending-reasons.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';
import { isIn, type ListedTask, type Status } from './tasks.ts';
import { type WaitView, waitFrame, waitLine } from './wait-frame.ts';

/** Shows the user how far a wait is. */
export interface WaitProgress {
  /** Whether the user sees it live; polls are then more frequent. */
  readonly isLive: boolean;
  /** Shows the newest tasks of the instances that are waited for; `ends` are the states that end the wait. */
  show(tasks: readonly ListedTask[], ends: ReadonlySet<Status>): Promise<void>;
  /** Counts this many instances as done, before the next ones follow. */
  advance(instances: number): void;
}

/** The description of a wait. */
export interface WaitSubject {
  readonly job: ClusterJobKey;
  /** What is waited for: `RUNNING`, `killed` or `restarted`. */
  readonly goal: string;
  /** The number of instances altogether; undefined to count the tasks that are shown. */
  readonly total?: number | undefined;
  /** A sentence that says what goes on when the user stops waiting. */
  readonly goesOn: (done: number) => string;
}

/** How often to ask the scheduler why instances are pending. */
const REASONS_EVERY_MS = 5_000;
/** The period over which the rate is measured. */
const RATE_MS = 20_000;

/**
 * Runs something that waits for instances, and shows its progress on stderr: a block that is redrawn in place on a
 * terminal, otherwise a log line for each change. When the wait is interrupted, it says what goes on.
 */
export async function withProgress<T>(
  session: Session,
  scheduler: SchedulerClient,
  subject: WaitSubject,
  run: (session: Session, progress: WaitProgress) => Promise<T>,
): Promise<T> {
  const screen = screenOf(session);
  const own = screen ? above(session, screen) : session;
  const track = tracker(session, scheduler, subject, screen !== undefined);
  let said = '';
  try {
    return await run(own, {
      isLive: screen !== undefined,
      advance: track.advance,
      async show(tasks, ends) {
        const view = await track.view(tasks, ends);
        if (screen) return screen.draw(view);
        const line = waitLine(view);
        if (line !== said) session.log.info({}, line);
        said = line;
      },
    });
  } catch (error) {
    if (session.signal.aborted) {
      screen?.keep();
      // The terminal has echoed the key as ^C where the sentence begins.
      session.complain(`${screen ? '\r\x1b[K' : ''}${subject.goesOn(track.done())}\n`);
    }
    throw error;
  } finally {
    screen?.clear();
  }
}

/** Makes views from looks at tasks: counts what is done, measures the rate, and asks why the rest is pending. */
function tracker(
  { clock }: Session,
  scheduler: SchedulerClient,
  { job, goal, total }: WaitSubject,
  isLive: boolean,
) {
  const startMs = clock.monotonicMs();
  const steps: { readonly atMs: number; readonly done: number }[] = [];
  let before = 0;
  let done = 0;
  let reason: string | undefined;
  let reasonMs = Number.NEGATIVE_INFINITY;
  return {
    done: () => done,
    advance(instances: number) {
      before += instances;
      done = before;
    },
    async view(tasks: readonly ListedTask[], ends: ReadonlySet<Status>): Promise<WaitView> {
      const nowMs = clock.monotonicMs();
      done = before + tasks.filter((task) => isIn(task, ends)).length;
      steps.push({ atMs: nowMs, done });
      while (steps.length > 2 && nowMs - (steps[0]?.atMs ?? 0) > RATE_MS) steps.shift();
      const [first = { atMs: nowMs, done }] = steps;
      const states = new Map<Status, number>();
      for (const { status } of tasks) if (status) states.set(status, (states.get(status) ?? 0) + 1);
      if (!states.has('PENDING')) reason = undefined;
      else if (isLive && nowMs - reasonMs >= REASONS_EVERY_MS) {
        reasonMs = nowMs;
        reason = [...(await pendingReasons(scheduler, wireJobKey(job), tasks)).values()][0];
      }
      const ratePerSec = nowMs > first.atMs ? ((done - first.done) * 1000) / (nowMs - first.atMs) : 0;
      return {
        job,
        goal,
        done,
        total: total ?? tasks.length,
        states,
        reason,
        elapsedMs: nowMs - startMs,
        ratePerSec,
      };
    },
  };
}

interface Screen {
  draw(view: WaitView): void;
  /** Writes something above the block. */
  above(write: () => void): void;
  clear(): void;
  /** Leaves what is drawn on the screen, so that the next block begins below it. */
  keep(): void;
}

function screenOf({ env, complain, progressTerminal }: Session): Screen | undefined {
  const terminal = progressTerminal?.();
  if (!terminal) return undefined;
  const style = styleOf(env, { isTerminal: true });
  let block = liveBlock(complain, terminal, style);
  let last: WaitView | undefined;
  const draw = (view: WaitView) => block.draw(waitFrame(view, { style, ...terminal.size() }));
  return {
    draw(view) {
      last = view;
      draw(view);
    },
    above(write) {
      block.clear();
      write();
      if (last) draw(last);
    },
    clear() {
      block.clear();
      last = undefined;
    },
    keep() {
      block = liveBlock(complain, terminal, style);
      last = undefined;
    },
  };
}

/** A session for code that runs while the block is shown; everything it writes appears above the block. */
function above(session: Session, screen: Screen): Session {
  const { log, print, complain } = session;
  const logged =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, text: string): void =>
      screen.above(() => log[level](fields, text));
  return {
    ...session,
    print: (text) => screen.above(() => print(text)),
    complain: (text) => screen.above(() => complain(text)),
    log: { debug: logged('debug'), info: logged('info'), warn: logged('warn'), error: logged('error') },
  };
}
