/**
 * The agent's state that must survive its process, as JSON files below `<work_dir>/meta`: its identity, and for each
 * framework with checkpointing the executors, their processes, tasks and updates. Files are replaced as a whole;
 * updates are appended line by line. Nothing is synced to disk: this only has to survive the end of a process, since
 * executors end with the machine anyway.
 */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '../../mesos/index.ts';
import { bootId, type ProcessId } from '../../proc/process-id.ts';
import { replaceFile } from '../../proc/replace-file.ts';
import { executorDirectory, markLatest, pathSegment, type RunAddress, runDirectory } from './sandbox.ts';
import type { StampedStatus } from './update-streams.ts';

/** The agent's identity. */
interface AgentRecord {
  readonly agentId: string;
  /** The port at which executors look for the agent. */
  readonly port: number;
}

interface ExecutorRecord {
  readonly info: ExecutorInfo;
  /** Created by the agent for a command task. */
  readonly builtIn: boolean;
}

interface ProcessRecord {
  readonly leader: ProcessId;
  /** The boot in which `leader` is valid. */
  readonly bootId: string;
}

/** One line of the file `updates`. */
type UpdateLine = { readonly received: StampedStatus } | { readonly acknowledged: string };

export interface RecoveredTask {
  readonly info: TaskInfo;
  readonly received: readonly StampedStatus[];
  readonly acknowledged: readonly string[];
}

export interface RecoveredExecutor {
  readonly run: RunAddress;
  readonly info: ExecutorInfo;
  readonly builtIn: boolean;
  /** Undefined when the process was never started, or the machine has rebooted since. */
  readonly leader: ProcessId | undefined;
  readonly tasks: readonly RecoveredTask[];
}

export interface RecoveredAgent extends AgentRecord {
  readonly frameworks: readonly {
    readonly info: FrameworkInfo;
    readonly executors: readonly RecoveredExecutor[];
  }[];
}

export interface Checkpoints {
  agent(record: AgentRecord): void;
  framework(agentId: string, info: FrameworkInfo): void;
  executor(run: RunAddress, record: ExecutorRecord): void;
  process(run: RunAddress, leader: ProcessId): void;
  task(run: RunAddress, info: TaskInfo): void;
  update(run: RunAddress, taskId: string, line: UpdateLine): void;
  /** To be called when all updates of the task are acknowledged. */
  taskDone(run: RunAddress, taskId: string): void;
  /** To be called when the executor has ended and all its tasks are done; a mark of that stays until the sandbox is removed. */
  executorDone(run: RunAddress): void;
  /** Forgets one framework, whose executors must be done, or all of them. */
  forget(agentId: string, frameworkId?: string): void;
  /** To be called when the agent has left for good; its id is not used again. */
  retire(agentId: string): void;
  /** What an earlier agent left here; undefined when no agent was ever registered. */
  recover(): RecoveredAgent | undefined;
}

/** Tells an observer that the executor is gone. Source: Mesos, slave/paths.cpp. */
const SENTINEL = 'executor.sentinel';

/** A framework whose directory lacks this file is not recovered. */
const FRAMEWORK = 'framework.json';

function keep(directory: string, name: string, value: unknown): void {
  mkdirSync(directory, { recursive: true });
  replaceFile(join(directory, name), JSON.stringify(value));
}

/** Undefined when there is no such file. */
function readJson<T>(directory: string, name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, name), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Skips an incomplete last line: the process ended while writing it, so nobody was told about that update. */
function readLines(path: string): UpdateLine[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as UpdateLine);
}

/** @param workDir the agent's work directory; the checkpoints own `meta` below it */
export function checkpoints(workDir: string): Checkpoints {
  const meta = join(workDir, 'meta');
  const agentDirectory = (agentId: string) => join(meta, 'slaves', pathSegment(agentId));
  const frameworkDirectory = (agentId: string, frameworkId: string) =>
    join(agentDirectory(agentId), 'frameworks', pathSegment(frameworkId));
  const taskDirectory = (run: RunAddress, taskId: string) =>
    join(runDirectory(meta, run), 'tasks', pathSegment(taskId));

  function recoverTask(directory: string): RecoveredTask | undefined {
    const info = readJson<TaskInfo>(directory, 'task.json');
    if (!info) return undefined;
    const lines = readLines(join(directory, 'updates'));
    return {
      info,
      received: lines.flatMap((line) => ('received' in line ? [line.received] : [])),
      acknowledged: lines.flatMap((line) => ('acknowledged' in line ? [line.acknowledged] : [])),
    };
  }

  function recoverRun(run: RunAddress): RecoveredExecutor | undefined {
    const directory = runDirectory(meta, run);
    const record = readJson<ExecutorRecord>(directory, 'executor.json');
    if (!record) return undefined;
    const started = readJson<ProcessRecord>(directory, 'process.json');
    const tasks = entries(join(directory, 'tasks'))
      .map((taskId) => recoverTask(join(directory, 'tasks', taskId)))
      .filter((task) => task !== undefined);
    return { run, ...record, leader: started?.bootId === bootId() ? started.leader : undefined, tasks };
  }

  function recoverFramework(agentId: string, frameworkId: string) {
    const directory = frameworkDirectory(agentId, frameworkId);
    const info = readJson<FrameworkInfo>(directory, FRAMEWORK);
    if (!info) return [];
    const executors = entries(join(directory, 'executors')).flatMap((executorId) => {
      const address = { agentId, frameworkId, executorId };
      return entries(join(executorDirectory(meta, address), 'runs'))
        .map((containerId) => recoverRun({ ...address, containerId }))
        .filter((executor) => executor !== undefined);
    });
    return [{ info, executors }];
  }

  return {
    agent(record) {
      keep(agentDirectory(record.agentId), 'agent.json', record);
      markLatest(agentDirectory(record.agentId));
    },
    framework: (agentId, info) => keep(frameworkDirectory(agentId, info.id?.value ?? ''), FRAMEWORK, info),
    executor: (run, record) => keep(runDirectory(meta, run), 'executor.json', record),
    process: (run, leader) => keep(runDirectory(meta, run), 'process.json', { leader, bootId: bootId() }),
    task: (run, info) => keep(taskDirectory(run, info.task_id.value), 'task.json', info),
    update: (run, taskId, line) =>
      appendFileSync(join(taskDirectory(run, taskId), 'updates'), `${JSON.stringify(line)}\n`),
    taskDone: (run, taskId) => rmSync(taskDirectory(run, taskId), { recursive: true, force: true }),
    executorDone(run) {
      const directory = runDirectory(meta, run);
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, SENTINEL), '');
    },
    forget: (agentId, frameworkId) =>
      rmSync(
        frameworkId === undefined
          ? join(agentDirectory(agentId), 'frameworks')
          : join(frameworkDirectory(agentId, frameworkId), FRAMEWORK),
        { recursive: true, force: true },
      ),
    retire(agentId) {
      rmSync(join(meta, 'slaves', 'latest'), { force: true });
      rmSync(agentDirectory(agentId), { recursive: true, force: true });
    },
    recover() {
      let latest: string;
      try {
        latest = readlinkSync(join(meta, 'slaves', 'latest'));
      } catch {
        return undefined;
      }
      const record = readJson<AgentRecord>(agentDirectory(latest), 'agent.json');
      if (!record) return undefined;
      const frameworks = entries(join(agentDirectory(latest), 'frameworks')).flatMap((frameworkId) =>
        recoverFramework(latest, frameworkId),
      );
      return { ...record, frameworks };
    },
  };
}
