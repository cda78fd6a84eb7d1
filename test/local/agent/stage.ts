/** Everything a replayed recording needs around it: the agent, files its commands name, and what has happened so far. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDurationMs } from '../../../src/base/amounts.ts';
import type { AgentLink } from '../../../src/local/link.ts';
import type { FrameworkInfo } from '../../../src/mesos/index.ts';
import type { Step } from '../../mesos/transcript.ts';
import type { RawExchange } from './raw-http.ts';
import { findMember, type Recording } from './recording.ts';
import { manualRig } from './rig.ts';

/** Stands still until it is told how to end; runs where an executor would. */
const IDLE_EXECUTOR = `#!/bin/sh
env >environment
mkfifo end
read how <end
[ "$how" = kill ] && kill -9 $$
exit "$how"
`;

export interface Stage {
  readonly scenario: Recording;
  readonly r: Awaited<ReturnType<typeof manualRig>>;
  readonly frameworks: Map<string, FrameworkInfo>;
  /** By name of the connection: the request under way, its head, and whether it speaks protobuf. */
  readonly exchanges: Map<string, RawExchange>;
  readonly heads: Map<string, Step>;
  readonly inProtobuf: Set<string>;
  /** Recorded ids that an agent makes, and ours. */
  readonly uuids: Map<string, string>;
  readonly containers: Map<string, string>;
  /** Updates of ours that the recording has. */
  readonly matched: Set<string>;
  /** How many steps were compared. */
  compared: number;
  isDown: boolean;
  /** A call of the master, kept while the agent is away. */
  tell(call: (link: AgentLink) => void): void;
  restart(recover?: 'reconnect' | 'cleanup'): Promise<void>;
  /** A recorded message with our directories, and our text with the recorded ones. */
  here<T>(value: T): T;
  inPlace(text: string): string;
  there(text: string): string;
  tearDown(): Promise<void>;
}

function startOptions(flags: readonly string[]) {
  const ms = (name: string) => {
    const flag = flags.find((text) => text.startsWith(`--${name}=`));
    return flag && parseDurationMs(flag.slice(name.length + 3));
  };
  const registration = ms('executor_registration_timeout');
  const grace = ms('executor_shutdown_grace_period');
  return {
    ...(registration && { executorRegistrationTimeoutMs: registration }),
    ...(grace && { executorShutdownGracePeriodMs: grace }),
  };
}

/** Files that recorded commands and URIs name. */
function executorFiles(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-exec-'));
  writeFileSync(join(directory, 'custom-executor'), IDLE_EXECUTOR, { mode: 0o755 });
  writeFileSync(join(directory, 'file.txt'), 'text\n');
  mkdirSync(join(directory, 'd'));
  writeFileSync(join(directory, 'd/x'), 'text\n');
  execFileSync('tar', ['-C', directory, '-czf', join(directory, 'a.tgz'), 'd']);
  return directory;
}

/** Starts an agent as the recording's was. */
export async function openStage(scenario: Recording): Promise<Stage> {
  const execDir = executorFiles();
  const frameworks = new Map<string, FrameworkInfo>();
  const containers = new Map<string, string>();
  const waiting: ((link: AgentLink) => void)[] = [];
  const agentInfo = findMember(scenario, 'agent_info') as { attributes?: never } | undefined;
  const r = await manualRig({
    agentId: (findMember(scenario, 'agent_id') as { value: string }).value,
    attributes: agentInfo?.attributes ?? [],
    ...startOptions(scenario.mesos?.agentFlags ?? []),
    /** The master says who the frameworks are and hands over what it kept. */
    afterReregistration(link) {
      for (const framework of frameworks.values()) link.frameworkUpdated({ framework });
      for (const call of waiting.splice(0)) call(link);
    },
  });
  const workDir = realpathSync(r.workDir);
  const stage: Stage = {
    scenario,
    r,
    frameworks,
    exchanges: new Map(),
    heads: new Map(),
    inProtobuf: new Set(),
    uuids: new Map(),
    containers,
    matched: new Set(),
    compared: 0,
    isDown: false,
    tell(call) {
      if (stage.isDown) waiting.push(call);
      else call(r.link());
    },
    async restart(recover = 'reconnect') {
      if (!stage.isDown) return;
      stage.isDown = false;
      await r.start({ recover });
    },
    here: <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value).replaceAll('$EXEC_DIR', execDir).replaceAll('$MESOSHOME', execDir),
      ) as T,
    inPlace(text) {
      let result = text.replaceAll('$WORK_DIR', workDir);
      for (const [recorded, actual] of containers) result = result.replaceAll(recorded, actual);
      return result;
    },
    there(text) {
      let result = text.replaceAll(execDir, '$EXEC_DIR').replaceAll(workDir, '$WORK_DIR');
      for (const [recorded, actual] of containers) result = result.replaceAll(actual, recorded);
      return result;
    },
    /** Executors that do not end by themselves are killed when their grace periods are over. */
    async tearDown() {
      for (const { close } of stage.exchanges.values()) close();
      const time = setInterval(() => r.clock.advance(60_000), 10);
      await stage.restart();
      await r.close();
      clearInterval(time);
      rmSync(execDir, { recursive: true, force: true });
    },
  };
  return stage;
}
