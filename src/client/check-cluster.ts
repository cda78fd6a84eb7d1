import { callOf, encodeBinaryMessage, openBinaryMessage } from '../api/index.ts';
import { AuroraError, ERRORS, messageOf } from '../base/errors.ts';
import { accessTo } from './access.ts';
import { type Cluster, clusterNamed, loadClusters, misspelled } from './clusters.ts';
import type { Session } from './session.ts';
import { postThrift } from './transport.ts';

/** The result of one check. */
interface Check {
  readonly name: 'entry' | 'leader' | 'answer' | 'version' | 'clock' | 'latency';
  readonly ok: boolean;
  readonly text: string;
  /** What the user should do about it. */
  readonly next?: string | undefined;
}

/** Tokens and certificates begin to fail when the clocks differ by more than this. */
const CLOCK_LIMIT_MS = 30_000;
const SLOW_MS = 1_000;

/**
 * Checks everything between this machine and the scheduler of a cluster. Prints one line for each check, with advice
 * when it fails. Returns the exit code, that of NETWORK when something is wrong. Throws UNKNOWN_CLUSTER and CONFIG.
 */
export async function checkCluster(session: Session, name: string): Promise<number> {
  const cluster = clusterNamed(loadClusters(session), name);
  const checks = await checksOf(session, cluster);
  const ok = checks.every((check) => check.ok);
  session.give?.({ cluster: name, ok, checks });
  session.print(
    checks
      .map((check) => {
        const next = check.next ? `; ${check.next}` : '';
        return `${check.ok ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(8)}  ${check.text}${next}\n`;
      })
      .join(''),
  );
  return ok ? 0 : ERRORS.NETWORK.exit;
}

async function checksOf(session: Session, cluster: Cluster): Promise<readonly Check[]> {
  const typo = misspelled(cluster);
  const checks: Check[] = [
    typo
      ? { name: 'entry', ok: false, text: `of clusters.json${typo}`, next: 'correct the entry' }
      : {
          name: 'entry',
          ok: true,
          text: cluster.zk ? `ZooKeeper at ${cluster.zk}` : `${cluster.schedulerUri}`,
        },
  ];
  let leader: string;
  try {
    leader = await leaderOf(session, cluster);
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    const next =
      error.next ?? 'see whether a scheduler runs and has been elected, and whether ZooKeeper has a quorum';
    return [...checks, { name: 'leader', ok: false, text: error.text, next }];
  }
  checks.push({ name: 'leader', ok: true, text: leader });
  return [...checks, ...(await answerChecks(session, cluster, leader))];
}

async function leaderOf(session: Session, cluster: Cluster): Promise<string> {
  if (cluster.zk) {
    const { findLeader } = await import('./leader.ts');
    return findLeader(session, cluster);
  }
  if (cluster.schedulerUri && URL.canParse(cluster.schedulerUri)) return cluster.schedulerUri;
  throw new AuroraError('CONFIG', 'the entry has no address', { next: 'add zk or scheduler_uri' });
}

async function answerChecks(session: Session, cluster: Cluster, leader: string): Promise<readonly Check[]> {
  const access = accessTo(cluster, session.env);
  const call = encodeBinaryMessage(callOf('getTierConfigs', {}));
  let posted: Awaited<ReturnType<typeof postThrift>>;
  try {
    const callTimeoutMs = session.limits?.callTimeoutMs;
    posted = await postThrift(`${new URL('api', leader)}`, call, { ...session, access, callTimeoutMs });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    return [{ name: 'answer', ok: false, text: error.text, next: error.next }];
  }
  if (posted.kind !== 'answered') {
    const next = 'next' in posted ? posted.next : 'see whether the scheduler runs there, and its log';
    return [{ name: 'answer', ok: false, text: posted.text, next }];
  }
  // The first call includes the time for loading the HTTP code, so it is not the one to measure.
  const startMs = session.clock.monotonicMs();
  const version = await versionCheck(session, { leader, access });
  const tookMs = session.clock.monotonicMs() - startMs;
  const isQuick = tookMs < SLOW_MS;
  return [
    answerCheck(posted.body),
    version,
    clockCheck(session.clock.nowMs(), posted.dateMs),
    {
      name: 'latency',
      ok: isQuick,
      text: `a call took ${Math.round(tookMs)} ms`,
      next: isQuick ? undefined : "look at the way there, and at the scheduler's /vars",
    },
  ];
}

function answerCheck(body: Uint8Array): Check {
  try {
    const message = openBinaryMessage(body).read();
    if (message.kind !== 'reply') throw new Error(`a ${message.kind}`);
    const { responseCode, serverInfo, details = [] } = message.response;
    const isOk = responseCode === 'OK';
    return {
      name: 'answer',
      ok: isOk,
      text: isOk
        ? `from ${serverInfo?.clusterName || 'a scheduler that does not tell its cluster'}`
        : details.map(({ message: text }) => text).join(', '),
      next: isOk ? undefined : 'see the log of the scheduler',
    };
  } catch (error) {
    const text = `no scheduler answers there: ${messageOf(error)}`;
    return { name: 'answer', ok: false, text, next: 'correct the address' };
  }
}

/** Reports whether the scheduler knows the calls that the original lacks; both answers are fine. */
async function versionCheck(
  session: Session,
  { leader, access }: { readonly leader: string; readonly access: ReturnType<typeof accessTo> },
): Promise<Check> {
  const call = encodeBinaryMessage(
    callOf('getCronJobStatus', { job: { role: '', environment: '', name: '' } }),
  );
  const posted = await postThrift(`${new URL('api', leader)}`, call, { ...session, access });
  const kind = posted.kind === 'answered' ? openBinaryMessage(posted.body).read().kind : 'nothing';
  const text =
    kind === 'reply'
      ? 'a scheduler of this project'
      : "the original's scheduler: commands that need more say so";
  return { name: 'version', ok: true, text };
}

function clockCheck(nowMs: number, dateMs: number): Check {
  if (Number.isNaN(dateMs)) return { name: 'clock', ok: true, text: 'not told' };
  const offMs = Math.abs(nowMs - dateMs);
  return {
    name: 'clock',
    ok: offMs < CLOCK_LIMIT_MS,
    text: `${Math.round(offMs / 1000)} s apart`,
    next: offMs < CLOCK_LIMIT_MS ? undefined : 'set the clocks of both machines with NTP',
  };
}
