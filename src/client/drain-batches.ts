import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sleep } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Grouping } from './host-groups.ts';
import { deactivateHosts, drainNow, hostModes } from './host-maintenance.ts';
import { forecastLine, groupForecasts, productionJobs } from './hosts-down.ts';
import { handOver } from './programs.ts';
import type { Session } from './session.ts';
import { parsePercentage, type SlaLimit } from './sla-limits.ts';
import { spanText } from './uptime.ts';

export interface DrainBatches {
  readonly cluster: string;
  readonly hosts: readonly string[];
  /** Hosts of the same group are drained together. */
  readonly grouping: Grouping;
  readonly limit: SlaLimit;
  /** A script that is run with the name of every drained host. */
  readonly script?: string | undefined;
  /** A file to which the names of the hosts that are left are written. */
  readonly leftFile?: string | undefined;
}

/** Source: the original's admin client. */
export const DRAIN_LIMIT: SlaLimit = { percentage: 95, durationSecs: 1_800 };
const MIN_TASKS = 20;
const POLL_MS = 5_000;
const POLLS = 60;

export interface Overrides {
  readonly percentage?: string | undefined;
  readonly durationSecs?: number | undefined;
  readonly reason?: string | undefined;
}

/** Reads the limit to keep; one that differs from the default needs a reason, which is logged. Throws BAD_PARAMETER. */
export function drainLimit(
  { log }: Session,
  hosts: readonly string[],
  { percentage, durationSecs, reason }: Overrides,
): SlaLimit {
  if (percentage === undefined && durationSecs === undefined && !reason) return DRAIN_LIMIT;
  if (percentage === undefined || durationSecs === undefined || !reason)
    throw new AuroraError(
      'BAD_PARAMETER',
      'All --override_* options are required when attempting to override default SLA values.',
    );
  const limit = { percentage: parsePercentage(percentage), durationSecs };
  const { percentage: usual, durationSecs: usualSecs } = DRAIN_LIMIT;
  log.warn(
    {},
    `Default SLA values (percentage: ${usual}, duration: ${spanText(usualSecs)}) are overridden for the following hosts: ${hosts.join(', ')}. New percentage: ${limit.percentage}, duration: ${spanText(durationSecs)}, override reason: ${reason}`,
  );
  return limit;
}

/**
 * Takes hosts out of service and drains them group by group, wherever no job falls below the limit. Returns the names
 * of the hosts that are left. Throws API, and BAD_PARAMETER for a script that does not exist.
 */
export async function drainBatches(session: Session, given: DrainBatches): Promise<readonly string[]> {
  const { cluster, hosts, grouping, script, leftFile } = given;
  const { log } = session;
  if (script !== undefined && !existsSync(script))
    throw new AuroraError('BAD_PARAMETER', `No such file: ${script}`);
  const left: string[] = [];
  for (const group of grouping(await deactivateHosts(session, cluster, hosts))) {
    const unsafe = await unsafeHosts(session, given, group);
    left.push(...unsafe);
    const safe = group.filter((host) => !unsafe.has(host));
    if (safe.length === 0) continue;
    await drainNow(session, cluster, safe);
    const full = new Set(await waitUntilDrained(session, cluster, safe));
    left.push(...full);
    if (script !== undefined)
      for (const host of safe.filter((name) => !full.has(name))) await runScript(session, script, host);
  }
  if (left.length === 0) return left;
  log.info({}, 'The following hosts WERE NOT DRAINED due to failed SLA check or external failures:');
  const lines = left.map((host) => `${host}\n`).join('');
  session.print(lines);
  if (leftFile !== undefined) writeLeft(session, leftFile, lines);
  return left;
}

async function unsafeHosts(
  session: Session,
  { cluster, grouping, limit }: DrainBatches,
  group: readonly string[],
): Promise<ReadonlySet<string>> {
  session.log.info({}, `Beginning SLA check for ${group.join(', ')}`);
  const jobs = await productionJobs(session, cluster, { minTasks: MIN_TASKS, hosts: group });
  const unsafe = new Set<string>();
  for (const forecasts of groupForecasts(jobs, group, grouping, () => limit))
    for (const [host, ofHost] of forecasts)
      for (const forecast of ofHost.filter(({ isSafe }) => !isSafe)) {
        session.print(forecastLine(host, forecast));
        unsafe.add(host);
      }
  if (unsafe.size === 0) session.log.info({}, 'All hosts passed SLA check.');
  else
    session.log.warn(
      {},
      `Some hosts did not pass SLA check and will not be drained! Skipping hosts: ${[...unsafe].join(', ')}`,
    );
  return unsafe;
}

/** Waits for at most five minutes; returns the hosts that are still not empty. */
async function waitUntilDrained(
  session: Session,
  cluster: string,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const { clock, log, signal } = session;
  let waiting = hosts;
  for (let poll = 1; waiting.length > 0; poll++) {
    log.info({}, `Waiting for hosts to be in DRAINED: ${waiting.join(', ')}`);
    await sleep(clock, POLL_MS, signal);
    const modes = await hostModes(session, cluster, waiting);
    const drained = new Set(modes.filter(({ mode }) => mode === 'DRAINED').map(({ host }) => host));
    waiting = waiting.filter((host) => !drained.has(host));
    if (waiting.length === 0 || poll < POLLS) continue;
    const rows = modes
      .filter(({ mode }) => mode !== 'DRAINED')
      .map(({ host, mode }) => `\n\tHost:${host}\tStatus:${mode}`);
    log.warn({}, `Failed to move all hosts into DRAINED within 5 mins:${rows.join('')}`);
    break;
  }
  return waiting;
}

/** Runs the script for a host. As in the original, its exit status has no effect but is reported. */
async function runScript(session: Session, script: string, host: string): Promise<void> {
  try {
    const status = await handOver(session, resolve(script), [host]);
    if (status !== 0) session.log.warn({}, `${script} ${host} ended with status ${status}`);
  } catch (error) {
    session.log.warn({}, messageOf(error));
  }
  session.signal.throwIfAborted();
}

function writeLeft({ log }: Session, path: string, lines: string): void {
  try {
    writeFileSync(path, lines);
    log.info({}, `Written unsafe host names into: ${path}`);
  } catch (error) {
    log.error({}, `Failed to write into the output file: ${messageOf(error)}`);
  }
}
