import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { ProcessDetails } from '../../proc/process-details.ts';
import { TICKS_A_SECOND } from '../../proc/process-id.ts';
import type { Usage } from '../views.ts';
import { type UsageHistory, type UsagePoint, usageHistory } from './history.ts';
import { membership, type TaskRoots } from './members.ts';
import { addedUp, NOTHING_USED, type ProcessSample } from './sample.ts';

/** How much of a task's past is kept. Source: the original keeps an hour. */
const HISTORY_MS = 3_600_000;

const STATUS: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'disk-sleep',
  T: 'stopped',
  t: 'tracing-stop',
  I: 'idle',
};

interface TaskUsage {
  readonly byProcess: Map<string, ProcessSample>;
  total: ProcessSample;
  disk: number;
  readonly history: UsageHistory;
  /** Processor ticks of each process at the last sample. */
  ticks: ReadonlyMap<string, number>;
  sampledMs: number;
}

export interface UsageSampler extends Usage {
  /** One point per sample, oldest first. */
  history(taskId: string): UsagePoint[];
  start(): void;
  stop(): void;
  /** Forgets a task. */
  forget(taskId: string): void;
}

interface SamplerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly processIntervalMs: number;
  readonly diskIntervalMs: number;
  /** The tasks that run now. */
  readonly tasks: () => readonly TaskRoots[];
  readonly table: () => readonly ProcessDetails[];
  /** Bytes of disk that a task uses; undefined when that is not known. */
  readonly disk: (task: TaskRoots) => Promise<number | undefined>;
}

/** Samples all tasks at once, so that the process table is read only once however many tasks run. */
export function usageSampler(options: SamplerOptions): UsageSampler {
  const { clock, log, processIntervalMs, diskIntervalMs } = options;
  const members = membership();
  const usages = new Map<string, TaskUsage>();
  const timers = new Set<Timer>();
  const points = Math.ceil(HISTORY_MS / Math.min(processIntervalMs, diskIntervalMs));
  let stopped = false;

  const usageOf = (taskId: string): TaskUsage => {
    const known = usages.get(taskId);
    if (known) return known;
    const fresh: TaskUsage = {
      byProcess: new Map(),
      total: NOTHING_USED,
      disk: 0,
      history: usageHistory(points),
      ticks: new Map(),
      sampledMs: 0,
    };
    usages.set(taskId, fresh);
    return fresh;
  };

  const sample = (
    entries: readonly ProcessDetails[],
    before: ReadonlyMap<string, number>,
    passedMs: number,
  ): ProcessSample =>
    addedUp(
      entries.map((entry) => {
        const ticks = entry.userTicks + entry.systemTicks;
        const used = ticks - (before.get(`${entry.pid}/${entry.startTicks}`) ?? ticks);
        return {
          cpu: passedMs > 0 ? (used / TICKS_A_SECOND / passedMs) * 1000 : 0,
          ram: entry.rssBytes,
          user: entry.userTicks / TICKS_A_SECOND,
          system: entry.systemTicks / TICKS_A_SECOND,
          rss: entry.rssBytes,
          vms: entry.virtualBytes,
          nice: entry.nice,
          status: STATUS[entry.state] ?? null,
          threads: entry.threads,
        };
      }),
    );

  const sampleAll = () => {
    const nowMs = clock.monotonicMs();
    for (const [taskId, { byProcess }] of members.assign(options.table(), options.tasks())) {
      const usage = usageOf(taskId);
      const passedMs = usage.sampledMs === 0 ? 0 : nowMs - usage.sampledMs;
      usage.byProcess.clear();
      const ticks = new Map<string, number>();
      for (const [name, entries] of byProcess) {
        usage.byProcess.set(name, sample(entries, usage.ticks, passedMs));
        for (const one of entries) ticks.set(`${one.pid}/${one.startTicks}`, one.userTicks + one.systemTicks);
      }
      usage.total = addedUp([...usage.byProcess.values()]);
      usage.ticks = ticks;
      usage.sampledMs = nowMs;
      const { cpu, ram } = usage.total;
      usage.history.add({ t: Math.round(clock.nowMs() / 1000), cpu, ram, disk: usage.disk });
    }
  };

  const measureDisks = async () => {
    for (const task of options.tasks()) {
      if (stopped) return;
      const bytes = await options.disk(task);
      // The task may have ended meanwhile.
      const usage = usages.get(task.taskId);
      if (usage && bytes !== undefined) usage.disk = bytes;
    }
  };

  const every = (intervalMs: number, firstMs: number, work: () => void | Promise<void>) => {
    const timer = clock.after(firstMs, async () => {
      timers.delete(timer);
      try {
        await work();
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'a sample failed');
      }
      if (!stopped) every(intervalMs, intervalMs, work);
    });
    timers.add(timer);
  };

  const read = (taskId: string) => usages.get(taskId);

  return {
    start() {
      every(processIntervalMs, 0, sampleAll);
      every(diskIntervalMs, 0, measureDisks);
    },
    stop() {
      stopped = true;
      for (const timer of timers) timer.cancel();
    },
    forget: (taskId) => void usages.delete(taskId),
    task: (taskId) => ({ ...(read(taskId)?.total ?? NOTHING_USED), disk: read(taskId)?.disk ?? 0 }),
    process: (taskId, process) => read(taskId)?.byProcess.get(process) ?? NOTHING_USED,
    history: (taskId) => read(taskId)?.history.points() ?? [],
  };
}
