import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, sleep, systemClock } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import { SOFT_FILES_VARIABLE, startedSoftFiles } from '../proc/limits.ts';
import { isRunning } from '../proc/process-id.ts';
import type { AgentFlags, AgentSpec } from './cluster.ts';
import {
  type ClusterFiles,
  type ClusterRecord,
  clusterFiles,
  findRecord,
  prepareFiles,
} from './cluster-files.ts';
import type { MasterFlags } from './master/flags.ts';
import { type ClusterProcessOptions, LOCKED_EXIT_CODE } from './process-options.ts';

export interface LaunchOptions {
  /** The scheduler's data directory; the cluster uses `cluster` below it. */
  readonly dataDir: string;
  /** Default 127.0.0.1. */
  readonly ip?: string;
  /** The master's port; default 0, any free port. */
  readonly port?: number;
  /** Default: one agent with the machine's resources. */
  readonly agents?: readonly AgentSpec[];
  readonly masterFlags?: Partial<MasterFlags>;
  readonly agentFlags?: AgentFlags;
  /** How long the cluster lives on after its last scheduler; default 60 s. */
  readonly idleMs?: number;
  /** How long a cluster may take to become ready; default 20 s. */
  readonly startTimeoutMs?: number;
  /**
   * Program and arguments of the cluster process; its options are added as one more argument. Default: this Node with
   * `process.ts` next to this file, or with `local-cluster.js` in a build.
   */
  readonly command?: readonly string[];
  readonly log?: Logger;
  readonly clock?: Clock;
}

export interface LaunchedCluster {
  /** `host:port` of the master. */
  readonly master: string;
  readonly pid: number;
  /** False when a running cluster of this data directory was found. */
  readonly started: boolean;
}

const IDLE_MS = 60_000;
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 25;
const HEALTH_TIMEOUT_MS = 2_000;
const MAX_LOG_BYTES = 10 * 2 ** 20;
const TAIL_LINES = 10;

function defaultCommand(): readonly string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(isSource ? './process.ts' : './local-cluster.js', import.meta.url));
  return [process.execPath, ...(isSource ? process.execArgv : []), entry];
}

/** Whether a master answers at this address. */
function isHealthy(master: string): Promise<boolean> {
  return new Promise((answered) => {
    const probe = request(`http://${master}/health`, { timeout: HEALTH_TIMEOUT_MS, agent: false });
    probe.on('response', (answer) => {
      answer.resume();
      answered(answer.statusCode === 200);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => answered(false));
    probe.on('close', () => answered(false));
    probe.end();
  });
}

function tailOf(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.slice(-TAIL_LINES).join('\n');
  } catch {
    return '';
  }
}

function openLog(file: string): number {
  try {
    if (statSync(file).size > MAX_LOG_BYTES) truncateSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return openSync(file, 'a');
}

interface Child {
  readonly pid: number | undefined;
  /** How it ended; undefined while it runs. */
  ended(): string | undefined;
  /** Ends the process; does nothing when it has ended. */
  end(): void;
}

function spawnProcess(files: ClusterFiles, options: LaunchOptions): Child {
  const [program = '', ...args] = options.command ?? defaultCommand();
  const told: ClusterProcessOptions = {
    dataDir: resolve(options.dataDir),
    ip: options.ip ?? '127.0.0.1',
    port: options.port ?? 0,
    idleMs: options.idleMs ?? IDLE_MS,
    ...(options.agents ? { agents: options.agents } : {}),
    ...(options.masterFlags ? { masterFlags: options.masterFlags } : {}),
    ...(options.agentFlags ? { agentFlags: options.agentFlags } : {}),
  };
  const output = openLog(files.log);
  const softFiles = startedSoftFiles(process.env);
  let ended: string | undefined;
  const child = spawn(program, [...args, JSON.stringify(told)], {
    detached: true,
    env: { ...process.env, ...(softFiles !== undefined && { [SOFT_FILES_VARIABLE]: String(softFiles) }) },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  child.unref();
  return {
    pid: child.pid,
    ended: () => ended,
    end: () => {
      if (ended === undefined) child.kill('SIGTERM');
    },
  };
}

const launched = (record: ClusterRecord, started: boolean): LaunchedCluster => ({
  master: record.master,
  pid: record.pid,
  started,
});

async function waitUntilServing(
  files: ClusterFiles,
  child: Child,
  timeoutMs: number,
  clock: Clock,
): Promise<ClusterRecord> {
  const untilMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const record = findRecord(files);
    if (record && (await isHealthy(record.master))) {
      // Another launcher was faster; end our process, or it would become the cluster when the other one ends.
      if (record.pid !== child.pid) child.end();
      return record;
    }
    const ended = child.ended();
    // Our process gave way to another launcher's, which will be ready soon.
    if (ended !== undefined && ended !== `exit code ${LOCKED_EXIT_CODE}`)
      throw new AuroraError('MESOS', `the embedded cluster did not start (${ended}): ${tailOf(files.log)}`, {
        where: files.log,
        next: 'remove the cause and start again',
      });
    if (clock.monotonicMs() > untilMs) {
      child.end();
      throw new AuroraError('TIMEOUT', `the embedded cluster does not answer after ${timeoutMs / 1000} s`, {
        where: files.log,
        next: 'look into its log',
      });
    }
    await sleep(clock, POLL_MS);
  }
}

/**
 * Finds the living cluster of a data directory, or starts one as a separate process that outlives this one.
 * @throws AuroraError STORAGE (the directory), MESOS (the process ended; the text has its last lines), TIMEOUT
 */
export async function launchCluster(options: LaunchOptions): Promise<LaunchedCluster> {
  const { log = silentLogger, clock = systemClock } = options;
  const files = clusterFiles(options.dataDir);
  prepareFiles(files);
  const living = findRecord(files);
  if (living && (await isHealthy(living.master))) {
    log.info({ master: living.master, pid: living.pid }, 'found the embedded cluster running');
    return launched(living, false);
  }
  const child = spawnProcess(files, options);
  const record = await waitUntilServing(files, child, options.startTimeoutMs ?? START_TIMEOUT_MS, clock);
  log.info({ master: record.master, pid: record.pid }, 'started the embedded cluster');
  return launched(record, record.pid === child.pid);
}

const STOP_TIMEOUT_MS = 30_000;

/**
 * Ends the cluster of a data directory with all its executors and their process trees; does nothing when none runs.
 * @throws AuroraError TIMEOUT when its process is still there after `timeoutMs` (default 30 s)
 */
export async function stopCluster(options: {
  readonly dataDir: string;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}): Promise<void> {
  const { clock = systemClock, timeoutMs = STOP_TIMEOUT_MS } = options;
  const record = findRecord(clusterFiles(options.dataDir));
  if (!record) return;
  process.kill(record.pid, 'SIGTERM');
  const untilMs = clock.monotonicMs() + timeoutMs;
  while (isRunning(record)) {
    if (clock.monotonicMs() > untilMs)
      throw new AuroraError('TIMEOUT', `the embedded cluster still runs after ${timeoutMs / 1000} s`, {
        where: `process ${record.pid}`,
        next: `look into ${clusterFiles(options.dataDir).log}`,
      });
    await sleep(clock, POLL_MS);
  }
}
