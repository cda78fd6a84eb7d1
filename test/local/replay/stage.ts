import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseDurationMs } from '../../../src/base/amounts.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { type ManualClock, manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { type AgentSpec, type RunningCluster, startCluster } from '../../../src/local/cluster.ts';
import type { MasterFlags } from '../../../src/local/master/flags.ts';
import { isCoordinator } from '../../../src/proc/coordinator.ts';
import { type ProcessId, processEntry } from '../../../src/proc/process-id.ts';

/** Stands where a recorded executor stood: the replay speaks for it, it only lives and ends as it is told. */
const IDLE_EXECUTOR = `#!/bin/sh
echo "$$" > process
mkfifo end
read how <end
[ "$how" = kill ] && kill -9 $$
exit "$how"
`;

/** The process and those above it, up to the one that leads its container. */
function upToLeader(pid: number): ProcessId[] {
  const found: ProcessId[] = [];
  for (let at = pid; at > 1 && at !== process.pid; ) {
    const entry = processEntry(at);
    if (!entry) break;
    found.push({ pid: at, startTicks: entry.startTicks });
    if (isCoordinator(at)) break;
    at = entry.parent;
  }
  return found;
}

/** A cluster on a manual clock, set up as for a recording. */
export interface Stage {
  readonly cluster: RunningCluster;
  readonly clock: ManualClock;
  readonly execDir: string;
  readonly workDir: string;
  /** Our port for a port of the recording. */
  port(recorded: number): number;
  /** Adds an agent like the first one; it takes the first one's place in `port`. */
  addAgent(): Promise<void>;
  /**
   * Tells the process of an executor how to end. Returns what is to end: that process and those above it, up to the container's
   * first one; undefined when it does not run (yet).
   */
  endExecutor(executorId: string, how: number | 'kill'): readonly ProcessId[] | undefined;
  close(): Promise<void>;
}

const DEFAULT_RESOURCES = 'cpus:4;mem:8192;disk:20000;ports:[31000-32000]';

const flagOf = (flags: readonly string[], name: string): string | undefined =>
  flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);

const durationOf = <K extends string>(flags: readonly string[], name: string, key: K) => {
  const text = flagOf(flags, name);
  return text === undefined ? {} : ({ [key]: parseDurationMs(text) } as Record<K, number>);
};

/** Credentials and permissions of the one recording that has them (sched-25). */
const AUTHENTICATION: Partial<MasterFlags> = {
  credentials: [
    { principal: 'golden', secret: 's3cret' },
    { principal: 'other', secret: 'pw' },
  ],
  registerFrameworks: [{ principals: ['golden'], roles: ['*', 'www'] }, {}],
};

const masterFlagsOf = (flags: readonly string[]): Partial<MasterFlags> => ({
  ...durationOf(flags, 'allocation_interval', 'allocationIntervalMs'),
  ...durationOf(flags, 'offer_timeout', 'offerTimeoutMs'),
  ...durationOf(flags, 'agent_ping_timeout', 'agentPingTimeoutMs'),
  ...(flagOf(flags, 'max_agent_ping_timeouts') === undefined
    ? {}
    : { maxAgentPingTimeouts: Number(flagOf(flags, 'max_agent_ping_timeouts')) }),
  ...(flags.includes('--authenticate_http_frameworks') ? AUTHENTICATION : {}),
});

/**
 * Builds the stage.
 * @param agents how many agents to start.
 * @param phaseMs when, in every allocation interval, the recorded master allocated.
 * @param wallMs what the clock shows at the start.
 */
export async function stage(
  flags: { readonly master: readonly string[]; readonly agent: readonly string[] },
  agents: number,
  phaseMs: number,
  wallMs: number,
): Promise<Stage> {
  const workDir = mkdtempSync(join(tmpdir(), 'aurora-replay-'));
  const execDir = join(workDir, 'exec');
  const clock = manualClock(wallMs);
  const spec: AgentSpec = {
    resources: flagOf(flags.agent, 'resources') ?? DEFAULT_RESOURCES,
    attributes: flagOf(flags.agent, 'attributes') ?? '',
  };
  const cluster = await startCluster({
    workDir: join(workDir, 'cluster'),
    agents: Array.from({ length: agents }, (_, index) =>
      index === 0 ? spec : { resources: DEFAULT_RESOURCES },
    ),
    masterFlags: masterFlagsOf(flags.master),
    agentFlags: {
      ...durationOf(flags.agent, 'executor_registration_timeout', 'executorRegistrationTimeoutMs'),
      ...durationOf(flags.agent, 'executor_reregistration_timeout', 'executorReregistrationTimeoutMs'),
      ...durationOf(flags.agent, 'executor_shutdown_grace_period', 'executorShutdownGracePeriodMs'),
    },
    clock,
    // Its jitter brings agents back as early as in sched-23-master-restart.
    random: seededRandom(5),
    log: silentLogger,
  });
  mkdirSync(execDir, { recursive: true });
  writeFileSync(join(execDir, 'custom-executor'), IDLE_EXECUTOR, { mode: 0o755 });
  writeFileSync(join(execDir, 'file.txt'), 'text\n');
  mkdirSync(join(execDir, 'd'));
  writeFileSync(join(execDir, 'd', 'x'), 'x\n');
  execFileSync('tar', ['-czf', 'a.tgz', 'd'], { cwd: execDir });
  const intervalMs = masterFlagsOf(flags.master).allocationIntervalMs ?? 1_000;
  clock.advance(intervalMs - (phaseMs % intervalMs));

  const masterPort = Number(flagOf(flags.master, 'port') ?? 5050);
  const agentPort = Number(flagOf(flags.agent, 'port') ?? masterPort + 1);
  let first = 0;
  const fifos = (executorId: string): string[] =>
    readdirSync(join(workDir, 'cluster'), { recursive: true })
      .map(String)
      .filter((path) => path.endsWith(`/executors/${executorId}/runs/latest/end`))
      .map((path) => join(workDir, 'cluster', path));

  return {
    cluster,
    clock,
    execDir,
    workDir,
    port(recorded) {
      if (recorded === masterPort) return cluster.masterPort;
      const index = recorded === agentPort ? first : (recorded - agentPort) / 10;
      return cluster.agents[index]?.current().port ?? cluster.masterPort;
    },
    async addAgent() {
      await cluster.addAgent(spec);
      first = cluster.agents.length - 1;
    },
    endExecutor(executorId, how) {
      for (const fifo of fifos(executorId)) {
        try {
          const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
          const ending = upToLeader(Number(readFileSync(join(dirname(fifo), 'process'), 'latin1')));
          writeSync(fd, `${how}\n`);
          closeSync(fd);
          return ending;
        } catch (error) {
          if (!['ENXIO', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
        }
      }
      return undefined;
    },
    async close() {
      let stopped = false;
      const stopping = cluster.stop().then(() => {
        stopped = true;
      });
      while (!stopped) {
        clock.advance(250);
        await new Promise((done) => setTimeout(done, 5));
      }
      await stopping;
      rmSync(workDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
