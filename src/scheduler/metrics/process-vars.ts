import { availableParallelism, freemem, loadavg } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../base/clock.ts';
import { maxOpenFiles, openFiles } from '../../proc/limits.ts';
import type { Counters } from './counters.ts';

const MB = 2 ** 20;
const NANOS_PER_MICRO = 1000;

/** Processor cores used between two reads that are at least a second apart. */
function coresUtilized(clock: Clock): () => number {
  let before = { atMs: clock.monotonicMs(), usedMicros: cpuMicros() };
  let cores = 0;
  return () => {
    const now = { atMs: clock.monotonicMs(), usedMicros: cpuMicros() };
    if (now.atMs - before.atMs < 1000) return cores;
    cores = (now.usedMicros - before.usedMicros) / 1000 / (now.atMs - before.atMs);
    before = now;
    return cores;
  };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Values of the process and its machine. Names that begin with jvm are those that dashboards of the original use; they
 * show the corresponding values of this process.
 */
export function processVars(counters: Counters, clock: Clock, version?: string): void {
  const { gauge } = counters;
  gauge('jvm_time_ms', () => clock.nowMs());
  gauge('jvm_uptime_secs', () => Math.floor(process.uptime()));
  gauge('jvm_available_processors', availableParallelism);
  gauge('jvm_memory_heap_mb_used', () => Math.floor(getHeapStatistics().used_heap_size / MB));
  gauge('jvm_memory_heap_mb_committed', () => Math.floor(getHeapStatistics().total_heap_size / MB));
  gauge('jvm_memory_heap_mb_max', () => Math.floor(getHeapStatistics().heap_size_limit / MB));
  gauge('jvm_memory_mb_total', () => Math.floor(process.memoryUsage.rss() / MB));
  gauge('system_free_physical_memory_mb', () => Math.floor(freemem() / MB));
  gauge('system_load_avg', () => loadavg()[0] ?? 0);
  gauge('process_cpu_time_nanos', () => cpuMicros() * NANOS_PER_MICRO);
  gauge('process_cpu_cores_utilized', coresUtilized(clock));
  gauge('process_open_fd_count', openFiles);
  gauge('process_max_fd_count', maxOpenFiles);
  if (version !== undefined) gauge('build.version', () => version);
}
