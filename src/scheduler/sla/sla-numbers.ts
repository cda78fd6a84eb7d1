import { ACTIVE_STATES, type JobKey, type ScheduledTask } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvent, StateEvents } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { isProduction, type Tiers } from '../tiers.ts';
import { type JobUptimes, jobUptimes } from './job-uptimes.ts';
import { sizeGroups } from './size-groups.ts';
import { type UptimeAccount, uptimeAccount } from './uptime-account.ts';
import { WAITS, type WaitTimes, waitTimes } from './wait-times.ts';

export interface SlaNumbersSettings {
  readonly storage: Pick<Storage, 'read'>;
  readonly events: StateEvents;
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'family' | 'time'>;
  readonly tiers: Tiers;
  readonly flags: FlagSlice<'slaNumbers'>;
}

const PERCENTILES = [50, 75, 90, 95, 99] as const;
const CLUSTER = 'sla_cluster_';
/** How long jobs are read at the start before other work gets its turn. */
const SLICE_MS = 8;

/** One of the two kinds of jobs: production, or others. */
interface Kind {
  readonly suffix: string;
  readonly shown: ReadonlySet<string>;
  readonly cluster: UptimeAccount;
  /** Waiting times by the prefix of their metric. */
  readonly waits: Map<string, WaitTimes>;
}

/**
 * Metrics about services: uptime of jobs, platform uptime, and times to ASSIGNED, STARTING and RUNNING, under the
 * original's names. They are kept up to date as tasks change; computing them takes time for each job and each change,
 * but never for each task.
 */
export interface SlaNumbers {
  /** Called when this scheduler becomes the leader: reads all jobs, then follows their events. */
  start(): void;
  close(): void;
}

export function slaNumbers(settings: SlaNumbersSettings): SlaNumbers {
  const { clock, counters, events, flags, storage, tiers } = settings;
  const kind = (suffix: string, shown: readonly string[]): Kind => ({
    suffix,
    shown: new Set(shown),
    cluster: uptimeAccount(clock.nowMs()),
    waits: new Map(),
  });
  const kinds = {
    prod: kind('', flags.slaProdMetrics),
    nonProd: kind('_nonprod', flags.slaNonProdMetrics),
  };
  const jobs = new Map<string, JobUptimes>();
  /** Jobs that have not been read yet. */
  const unread = new Map<string, JobKey>();
  let numbers: (readonly [name: string, value: number])[] = [];
  let timer: { cancel(): void } | undefined;
  let slice: { cancel(): void } | undefined;
  let unsubscribe: (() => void) | undefined;
  counters.family(() => numbers);

  const kindOf = (production: boolean): Kind => (production ? kinds.prod : kinds.nonProd);
  const isCounted = ({ assignedTask }: ScheduledTask): boolean => {
    if (!assignedTask.task.isService) return false;
    return kindOf(productionOf(assignedTask.task.tier)).shown.size > 0;
  };
  const productionOf = (tier: string | undefined): boolean => {
    const found = tiers.byName.get(tier ?? tiers.defaultName);
    return found !== undefined && isProduction(found);
  };

  const read = (key: JobKey) => {
    const text = jobKeyText(key);
    unread.delete(text);
    const tasks = storage.read((stores) => stores.tasks.ofJob(key)).filter(isCounted);
    const [first] = tasks;
    if (!first || jobs.has(text)) return;
    const production = productionOf(first.assignedTask.task.tier);
    jobs.set(text, jobUptimes(key, production, tasks, kindOf(production).cluster, clock.nowMs()));
  };
  const readInSlices = () => {
    slice = undefined;
    const endMs = clock.monotonicMs() + SLICE_MS;
    for (const key of unread.values()) {
      read(key);
      if (clock.monotonicMs() < endMs) continue;
      slice = clock.after(0, readInSlices);
      return;
    }
  };

  const wait = ({ waits }: Kind, prefix: string): WaitTimes => {
    const known = waits.get(prefix) ?? waitTimes();
    waits.set(prefix, known);
    return known;
  };
  const reached = (task: ScheduledTask) => {
    if (!isCounted(task)) return;
    const config = task.assignedTask.task;
    const text = jobKeyText(config.job);
    if (unread.has(text)) return;
    const known = jobs.get(text);
    // A job read just now already includes this change.
    if (known) known.reached(task);
    else read(config.job);
    if (!WAITS.some(([status]) => status === task.status)) return;
    const of = kindOf(productionOf(config.tier));
    if (!of.shown.has('MEDIANS')) return;
    for (const prefix of [`sla_${text}_`, CLUSTER, ...sizeGroups(config)]) wait(of, prefix).reached(task);
  };
  const deleted = (tasks: readonly ScheduledTask[]) => {
    for (const task of tasks) {
      const key = task.assignedTask.task.job;
      const job = jobs.get(jobKeyText(key));
      if (!job) continue;
      job.deleted(task);
      if (storage.read((stores) => stores.tasks.countEnded(key) + stores.tasks.activeOf(key).length) > 0)
        continue;
      job.leave(clock.nowMs());
      jobs.delete(jobKeyText(key));
      for (const { waits } of Object.values(kinds)) waits.delete(`sla_${jobKeyText(key)}_`);
    }
  };
  const onEvent = (event: StateEvent) => {
    if (event.kind === 'taskStateChanged') reached(event.task);
    else if (event.kind === 'tasksDeleted') deleted(event.tasks);
  };

  const refresh = () => {
    const startMs = clock.monotonicMs();
    const nowMs = clock.nowMs();
    const made: [string, number][] = [];
    for (const [text, job] of jobs) {
      const { shown, suffix } = kindOf(job.production);
      const prefix = `sla_${text}_`;
      if (shown.has('JOB_UPTIMES'))
        for (const percentile of PERCENTILES) {
          const sinceMs = job.running.quantile(percentile);
          const secs = job.running.size > 0 ? Math.max(0, nowMs - sinceMs) / 1000 : 0;
          made.push([`${prefix}job_uptime_${percentile}.00_sec${suffix}`, secs]);
        }
      const percent = job.account.percent(nowMs);
      if (shown.has('PLATFORM_UPTIME')) made.push([`${prefix}platform_uptime_percent${suffix}`, percent]);
      if (shown.has('MEDIANS')) wait(kindOf(job.production), prefix);
    }
    for (const { cluster, shown, suffix, waits } of Object.values(kinds)) {
      const percent = cluster.percent(nowMs);
      if (shown.has('PLATFORM_UPTIME')) made.push([`${CLUSTER}platform_uptime_percent${suffix}`, percent]);
      for (const [prefix, times] of waits)
        for (const [at, value] of times.medians(isActive).entries())
          made.push([`${prefix}${WAITS[at]?.[1]}${suffix}`, value]);
    }
    numbers = made;
    counters.time('sla_stats_computation', clock.monotonicMs() - startMs);
    timer = clock.after(flags.slaStatRefreshIntervalMs, refresh);
  };
  const isActive = (taskId: string): boolean => {
    const task = storage.read(({ tasks }) => tasks.get(taskId));
    return task !== undefined && ACTIVE_STATES.has(task.status);
  };

  return {
    start() {
      unsubscribe = events.subscribe(onEvent);
      for (const key of storage.read(({ tasks }) => [...tasks.jobs()])) unread.set(jobKeyText(key), key);
      readInSlices();
      timer = clock.after(flags.slaStatRefreshIntervalMs, refresh);
    },
    close() {
      unsubscribe?.();
      slice?.cancel();
      timer?.cancel();
      numbers = [];
      jobs.clear();
      unread.clear();
    },
  };
}
