import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, relative } from 'node:path';
import { defaultLogDirectory, logFile } from '../api/checkpoints/index.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { diskUsage } from '../proc/disk-usage.ts';
import { detailedTable } from '../proc/process-details.ts';
import { openFileInside } from './files/inside.ts';
import { shellOf } from './tasks/life.ts';
import { type ObservedTask, type TaskRegistry, taskRegistry } from './tasks/registry.ts';
import { containerOf, taskScan } from './tasks/scan.ts';
import type { UsagePoint } from './usage/history.ts';
import type { TaskRoots } from './usage/members.ts';
import { usageSampler } from './usage/sampler.ts';
import { NO_USAGE, readState, type Usage } from './views.ts';

interface ObserverOptions {
  /** The agent's work_dir. */
  readonly mesosRoot: string;
  readonly pollingMs: number;
  /** Undefined when nothing is to be measured. */
  readonly sampling: { readonly processMs: number; readonly diskMs: number } | undefined;
  /** Asks the agent how many bytes of disk a sandbox takes; undefined to measure that here. */
  readonly askAgent: ((sandbox: string) => Promise<number | undefined>) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What routes and pages read from. */
export interface Observer {
  readonly hostname: string;
  /** When the observer was made; it knows nothing of tasks that were gone before. */
  readonly sinceMs: number;
  readonly tasks: TaskRegistry;
  readonly usage: Usage;
  readonly clock: Clock;
  readonly log: Logger;
  history(taskId: string): readonly UsagePoint[];
  /** The task's sandbox; undefined when its checkpoint names none inside its run directory. */
  sandboxOf(task: ObservedTask): string | undefined;
  /** Where a run's output is, as a path below the sandbox; undefined when the task has no known sandbox. */
  logPath(
    task: ObservedTask,
    process: string,
    run: number,
    stream: 'stdout' | 'stderr',
  ): { readonly sandbox: string; readonly path: string } | undefined;
  /** The metrics that the task's executor wrote, as parsed JSON; undefined when there are none. */
  executorMetrics(task: ObservedTask): unknown;
  start(): void;
  stop(): void;
}

/** A task's user can write anything into its checkpoint, so only paths in its run directory count as its sandbox. */
function sandboxOf(task: ObservedTask): string | undefined {
  const sandbox = task.checkpoint.state().header?.sandbox ?? readState(task)?.header?.sandbox;
  if (sandbox === undefined) return undefined;
  const below = relative(dirname(task.root), sandbox);
  return below === '' || below.startsWith('..') || below.startsWith('/') ? undefined : sandbox;
}

/** Where the task's processes can be found, with those shells that are still the ones the checkpoint names. */
function rootsOf(task: ObservedTask): TaskRoots | undefined {
  const state = readState(task);
  const sandbox = sandboxOf(task);
  if (!state || sandbox === undefined) return undefined;
  const shells = new Map<string, number>();
  for (const [name, runs] of state.processes) {
    const shell = shellOf(runs.at(-1));
    if (shell !== undefined) shells.set(name, shell);
  }
  const executorPid = state.statuses.at(-1)?.runner_pid ?? 0;
  return { taskId: task.taskId, container: containerOf(task.root), sandbox, executorPid, shells };
}

/** Observes the tasks of one machine; the first look happens in `start`. */
export function observer(options: ObserverOptions): Observer {
  const { mesosRoot, pollingMs, sampling, askAgent, clock, log } = options;
  const scanner = taskScan(mesosRoot, clock.nowMs);
  let timer: Timer | undefined;
  let stopped = false;
  const tasks = taskRegistry(
    {
      active: ({ taskId }) => log.info({ taskId }, 'task is active'),
      finished({ taskId }) {
        log.info({ taskId }, 'task has finished');
        sampler?.forget(taskId);
      },
      removed(taskId) {
        log.info({ taskId }, 'task is gone');
        sampler?.forget(taskId);
      },
    },
    { mesosRoot, nowMs: clock.nowMs },
  );
  const sampler =
    sampling &&
    usageSampler({
      clock,
      log,
      processIntervalMs: sampling.processMs,
      diskIntervalMs: sampling.diskMs,
      tasks: () => tasks.all('active').flatMap((task) => rootsOf(task) ?? []),
      table: detailedTable,
      disk: ({ sandbox }) => (askAgent ? askAgent(sandbox) : diskUsage(sandbox)),
    });

  const look = () => {
    try {
      tasks.update(scanner.scan());
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the tasks could not be looked for');
    }
    if (!stopped) timer = clock.after(pollingMs, look);
  };

  return {
    hostname: hostname(),
    sinceMs: clock.nowMs(),
    tasks,
    usage: sampler ?? NO_USAGE,
    clock,
    log,
    history: (taskId) => sampler?.history(taskId) ?? [],
    sandboxOf,
    logPath(task, process, run, stream) {
      const sandbox = sandboxOf(task);
      if (sandbox === undefined) return undefined;
      const directory = task.checkpoint.state().header?.log_dir ?? defaultLogDirectory(sandbox);
      return { sandbox, path: relative(sandbox, logFile(directory, process, run, stream)) };
    },
    executorMetrics(task) {
      const file = openFileInside(dirname(task.root), 'executor-metrics.json');
      try {
        return file ? JSON.parse(readFileSync(file.file, 'utf8')) : undefined;
      } catch {
        return undefined;
      } finally {
        file?.close();
      }
    },
    start() {
      look();
      sampler?.start();
    },
    stop() {
      stopped = true;
      timer?.cancel();
      sampler?.stop();
    },
  };
}
