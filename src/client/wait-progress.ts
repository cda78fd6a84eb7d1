import { type ClusterJobKey, wireJobKey } from './job-key.ts';
import { liveBlock } from './live-block.ts';
import { pendingReasons } from './pending-reasons.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';
import { isIn, type ListedTask, type Status } from './tasks.ts';
import { type WaitView, waitFrame, waitLine } from './wait-frame.ts';

/** Tells whoever waits how far it is. */
export interface WaitProgress {
  /** Somebody looks at it live: polls come often then. */
  readonly isLive: boolean;
  /** The newest tasks of the instances that are waited for, and which states end the wait. */
  show(tasks: readonly ListedTask[], ends: ReadonlySet<Status>): Promise<void>;
  /** So many instances are done, and the next ones follow. */
  advance(instances: number): void;
}

/** What a wait is about. */
export interface WaitSubject {
  readonly job: ClusterJobKey;
  /** What is waited for, as `RUNNING`, `killed` or `restarted`. */
  readonly goal: string;
  /** Instances altogether; undefined when the tasks tell. */
  readonly total?: number | undefined;
  /** What goes on when the user stops waiting, a sentence. */
  readonly goesOn: (done: number) => string;
}

/** How often the scheduler is asked why instances have no place. */
const REASONS_EVERY_MS = 5_000;
/** The rate is that of so much time. */
const RATE_MS = 20_000;

/**
 * Runs something that waits for instances, with its progress on stderr: a block that is drawn in place on a terminal, a
 * log line for each change elsewhere. An interrupted wait says what goes on.
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
      session.complain(`${subject.goesOn(track.done())}\n`);
    }
    throw error;
  } finally {
    screen?.clear();
  }
}

/** Turns looks at tasks into views: adds up what is done, how fast, and why the rest waits. */
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
  /** What is drawn stays where it is. */
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

/** The session of what runs below the block: what it writes comes above. */
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
