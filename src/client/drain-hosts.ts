import { sleep } from '../base/clock.ts';
import { ADMIN_FAILED } from './admin-answer.ts';
import { drainLines, hostLine, taskLines } from './drain-text.ts';
import { type DrainView, lookAtDrain } from './drain-view.ts';
import { drainBySla, drainNow } from './host-maintenance.ts';
import { liveBlock } from './live-block.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';
import type { SlaLimit } from './sla-limits.ts';

export interface DrainHosts {
  readonly cluster: string;
  /** Without repetitions. */
  readonly hosts: readonly string[];
  /** Only watch hosts that an earlier command is draining. */
  readonly looksOnly: boolean;
  /** The limit for tasks without a policy of their own. */
  readonly limit: SlaLimit;
  /** The time after which tasks are killed regardless of their policies; 0 means at once. */
  readonly timeoutSecs: number;
  /** Wait until all hosts are empty. */
  readonly waits: boolean;
  /** The longest wait, in milliseconds; undefined waits for ever. */
  readonly waitLimitMs: number | undefined;
  readonly json: boolean;
}

/** The interval between looks; a drain does not change much faster than this. */
const POLL_MS = 2_000;

/**
 * Has the scheduler drain hosts as their tasks' policies allow, and shows which tasks are left and what they wait for.
 * Returns the exit code: 1 when a host is unknown or is not empty when the wait ends. Throws API.
 */
export async function drainHosts(session: Session, given: DrainHosts): Promise<number> {
  const { cluster, hosts, limit, looksOnly, timeoutSecs, waits } = given;
  const { clock, log, signal } = session;
  if (!looksOnly && timeoutSecs > 0) await drainBySla(session, cluster, { hosts, limit, timeoutSecs });
  else if (!looksOnly) await drainNow(session, cluster, hosts);
  const output = outputOf(session, given);
  const quiet: Session = { ...session, log: { ...log, info: log.debug } };
  const untilMs = clock.monotonicMs() + (given.waitLimitMs ?? Number.POSITIVE_INFINITY);
  try {
    for (;;) {
      const views = await lookAtDrain(quiet, cluster, hosts);
      output(views);
      const unknown = hosts.filter((host) => !views.some((view) => view.host === host));
      const left = views.filter(({ mode }) => mode !== 'DRAINED');
      if (waits && left.length > 0 && clock.monotonicMs() < untilMs) {
        await sleep(clock, POLL_MS, signal);
        continue;
      }
      if (unknown.length > 0) session.complain(`The scheduler knows no hosts ${unknown.join(', ')}.\n`);
      if (waits && left.length > 0)
        session.complain(`Not empty yet: ${left.map(({ host }) => host).join(', ')}; the drain goes on.\n`);
      return unknown.length > 0 || (waits && left.length > 0) ? ADMIN_FAILED : 0;
    }
  } catch (error) {
    if (signal.aborted && !looksOnly)
      session.complain(
        `The drain goes on. 'aurora admin drain ${cluster} HOST... --watch' looks at it, 'aurora admin host_activate ${cluster} --hosts ${hosts.join(',')}' ends it.\n`,
      );
    throw error;
  }
}

/**
 * Where to show what was seen: as a block that is redrawn, as a JSON object for each look, or as the lines that are
 * new.
 */
function outputOf(session: Session, { json, waits }: DrainHosts): (views: readonly DrainView[]) => void {
  const { clock, complain, env, print } = session;
  if (json)
    return (views) =>
      print(`${JSON.stringify({ at: new Date(clock.nowMs()).toISOString(), hosts: views })}\n`);
  const terminal = waits ? session.terminal() : undefined;
  if (terminal) {
    const block = liveBlock(complain, terminal, styleOf(env, { isTerminal: true }));
    return (views) => block.draw(drainLines(views, clock.nowMs()));
  }
  let said = new Set<string>();
  return (views) => {
    const now = new Map<string, string>();
    for (const view of views) {
      // The key leaves out the deadline, so that the passing of time alone prints no new line.
      now.set(hostLine({ ...view, deadlineMs: undefined }, 0), hostLine(view, clock.nowMs()));
      for (const line of taskLines(view)) now.set(line, line);
    }
    for (const [key, line] of now) if (!said.has(key)) print(`${line}\n`);
    said = new Set(now.keys());
  };
}
