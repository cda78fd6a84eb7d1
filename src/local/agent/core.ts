/** State and settings that all parts of the agent share. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { type Random, uuid } from '../../base/random.ts';
import type { AgentInfo } from '../../mesos/index.ts';
import type { DrainAgent, MasterLink } from '../link.ts';
import type { AgentExecutor, AgentFramework } from './agent-model.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { UpdateStreams } from './update-streams.ts';

/**
 * STARTING: has not read its work directory yet. RECOVERING: waits for executors of an earlier agent. DISCONNECTED: not
 * registered with a master. RUNNING: registered. STOPPING: takes no work and ends what runs. STOPPED: ignores everything.
 */
export type ContainerPhase = 'STARTING' | 'RECOVERING' | 'DISCONNECTED' | 'RUNNING' | 'STOPPING' | 'STOPPED';

/** Mesos' flags of the same names. */
export interface AgentSettings {
  readonly workDir: string;
  readonly ip: string;
  readonly executorRegistrationTimeoutMs: number;
  readonly executorReregistrationTimeoutMs: number;
  readonly executorShutdownGracePeriodMs: number;
  readonly recoveryTimeoutMs: number;
  readonly recover: 'reconnect' | 'cleanup';
  /** The used fraction of a directory's file system, 0 to 1. */
  readonly usedPart: (directory: string) => Promise<number>;
}

export interface AgentCore {
  readonly settings: AgentSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly frameworks: Map<string, AgentFramework>;
  readonly completedFrameworks: AgentFramework[];
  readonly updates: UpdateStreams;
  readonly checkpoints: Checkpoints;
  /** Wall-clock time of the start. */
  readonly startMs: number;
  phase: ContainerPhase;
  /** Empty until the agent is registered for the first time. */
  agentId: string;
  /** Set while an operator drains the agent. */
  draining: DrainAgent | undefined;
  /** As registered, without the `id`; see `agentInfo`. */
  info: AgentInfo;
  /** The link for calls to the master; replaced at each new connection. */
  master: MasterLink | undefined;
}

/** A new id in Mesos' text form, used for containers. */
export const newId = (core: AgentCore): string => uuid(core.random);

/** A new uuid as 16 bytes in base64, the form that updates carry. */
export const newUuid = (core: AgentCore): string =>
  Buffer.from(uuid(core.random).replaceAll('-', ''), 'hex').toString('base64');

export const isCheckpointed = (framework: AgentFramework): boolean => framework.info.checkpoint === true;

/** AgentInfo including the id. */
export const agentInfo = (core: AgentCore): AgentInfo => ({ ...core.info, id: { value: core.agentId } });

/** The executor with that id that has a process; undefined when there is none. */
export const liveExecutor = (
  core: AgentCore,
  frameworkId: string,
  executorId: string,
): AgentExecutor | undefined => core.frameworks.get(frameworkId)?.executors.get(executorId);
