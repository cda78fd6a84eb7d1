/** What all parts of the agent share. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { type Random, uuid } from '../../base/random.ts';
import type { AgentInfo } from '../../mesos/index.ts';
import type { DrainAgent, MasterLink } from '../link.ts';
import type { AgentExecutor, AgentFramework } from './agent-model.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { UpdateStreams } from './update-streams.ts';

/**
 * STARTING: has not looked at its work directory yet. RECOVERING: waits for the executors of an earlier life. DISCONNECTED: not registered with a master.
 * STOPPING: no work is taken, what runs is ended. STOPPED: whatever still happens is ignored.
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
  /** The part of the file system of a directory that is used, 0 to 1. */
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
  /** Wall time of the start. */
  readonly startMs: number;
  phase: ContainerPhase;
  /** Empty until the agent was registered for the first time. */
  agentId: string;
  /** While an operator empties the agent. */
  draining: DrainAgent | undefined;
  /** As registered; `id` is added where it is shown. */
  info: AgentInfo;
  /** Where calls to the master go; replaced at each new connection. */
  master: MasterLink | undefined;
}

/** A new id as Mesos makes them: text for containers. */
export const newId = (core: AgentCore): string => uuid(core.random);

/** A new uuid as 16 bytes in base64, as updates carry it. */
export const newUuid = (core: AgentCore): string =>
  Buffer.from(uuid(core.random).replaceAll('-', ''), 'hex').toString('base64');

export const isCheckpointed = (framework: AgentFramework): boolean => framework.info.checkpoint === true;

/** AgentInfo with the id. */
export const agentInfo = (core: AgentCore): AgentInfo => ({ ...core.info, id: { value: core.agentId } });

/** The executor with a process of that name; undefined when there is none. */
export const liveExecutor = (
  core: AgentCore,
  frameworkId: string,
  executorId: string,
): AgentExecutor | undefined => core.frameworks.get(frameworkId)?.executors.get(executorId);
