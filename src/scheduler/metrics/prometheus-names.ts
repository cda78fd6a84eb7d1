/** The series of Prometheus that a name of /vars becomes. */
export interface SeriesName {
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Factor that converts values to the family's unit. */
  readonly scale: number;
}

/**
 * Names of /vars that contain a value, which Prometheus wants as a label. Named groups of the pattern become labels;
 * `$unit` in the family is replaced by the group of that name. The first pattern that fits is used.
 */
const LABELLED: readonly (readonly [pattern: RegExp, family: string])[] = [
  [/^http_(?<code>\d+)_responses$/, 'http_responses'],
  [/^scheduler_thrift_response_(?<code>[A-Z_]+)$/, 'scheduler_thrift_response'],
  [/^scheduler_thrift_workload_(?<method>\w+)$/, 'scheduler_thrift_workload'],
  [/^thrift_workload_(?<call>\w+)$/, 'thrift_workload'],
  [/^scheduler_thrift_(?<method>\w+)$/, 'scheduler_thrift'],
  [/^task_store_(?<status>[A-Z]+)$/, 'task_store'],
  [/^tasks_lost_rack_(?<rack>.+)$/, 'tasks_lost_rack'],
  [/^tasks_lost_dedicated_(?<role>.+)$/, 'tasks_lost_dedicated'],
  [/^tasks_LOST_(?<job>.+)$/, 'tasks_lost'],
  [/^tasks_FAILED_(?<job>.+)$/, 'tasks_failed'],
  [/^scheduler_lifecycle_(?<state>[A-Z_]+)$/, 'scheduler_lifecycle'],
  [/^zk_connection_state_(?<state>[A-Z]+)_counter$/, 'zk_connection_state_changes'],
  [/^zk_connection_state_(?<state>[A-Z]+)$/, 'zk_connection_state'],
  [/^mesos_scheduler_event_(?<type>[A-Z_]+)$/, 'mesos_scheduler_event'],
  [/^task_delivery_delay_(?<source>[A-Z_]+)$/, 'task_delivery_delay'],
  [/^task_lost_(?<source>[A-Z_]+)$/, 'task_lost'],
  [/^task_exit_(?<reason>[A-Z_]+)$/, 'task_exit'],
  [
    /^status_update_(?<reason>REASON_[A-Z_]+?|NONE)_(?<result>SUCCESS|NOOP|ILLEGAL\w*|INVALID\w*|UNKNOWN\w*)$/,
    'status_update',
  ],
  [/^update_transition_(?<status>[A-Z_]+)$/, 'update_transition'],
  [/^update_instance_transition_(?<action>[A-Z_]+)$/, 'update_instance_transition'],
  [/^mem_storage_(?<store>[a-z]+)_size$/, 'mem_storage_size'],
  [
    /^resources_per_role_(?<metric>(?:total|dedicated|quota|free_pool)_consumed)_(?<role>.+)_(?<$unit>cpu_cores|ram_mb|disk_mb|gpu_cores)$/,
    'resources_per_role_$unit',
  ],
  [
    /^resources_(?<metric>(?:total|dedicated|quota|free_pool)_consumed)_(?<$unit>cpu_cores|ram_mb|disk_mb|gpu_cores)$/,
    'resources_$unit',
  ],
  // A job has either the production figures or the others, so both become the same series.
  [
    /^sla_(?<job>[^/]+\/[^/]+\/.+)_job_uptime_(?<percentile>\d+)\.00_sec(?:_nonprod)?$/,
    'sla_job_uptime_secs',
  ],
  [
    /^sla_(?<job>[^/]+\/[^/]+\/.+)_(?<$unit>platform_uptime_percent|mtt[asr]_ms)(?:_nonprod)?$/,
    'sla_job_$unit',
  ],
  [
    /^sla_(?<dimension>cpu|ram|disk)_(?<size>[a-z]+)_(?<$unit>mtt[asr]_ms)(?:_(?<production>nonprod))?$/,
    'sla_size_$unit',
  ],
  [
    /^sla_cluster_(?<$unit>platform_uptime_percent|mtt[asr]_ms)(?:_(?<production>nonprod))?$/,
    'sla_cluster_$unit',
  ],
  [
    /^sla_coordinator_(?<$unit>user_errors|errors|lock_starvation)_(?<task>.+\/.+)$/,
    'sla_coordinator_task_$unit',
  ],
  [/^maintenance_countdown_ms_(?<task>.+)$/, 'maintenance_countdown_ms'],
  [/^updates_sla_kill_(?<$unit>attempt|success)_(?<job>.+\/.+)$/, 'updates_sla_kill_$unit'],
  [/^quota_per_role_(?<role>.+)_(?<$unit>cpu_cores|ram_mb|disk_mb|gpu_cores)$/, 'quota_per_role_$unit'],
];

/** Names whose words are in the wrong order. */
const RENAMED: Readonly<Record<string, string>> = {
  jvm_memory_heap_mb_used: 'memory_heap_used_mb',
  jvm_memory_heap_mb_committed: 'memory_heap_committed_mb',
  jvm_memory_heap_mb_max: 'memory_heap_max_mb',
  jvm_memory_mb_total: 'memory_resident_mb',
  jvm_time_ms: 'clock_ms',
  jvm_uptime_secs: 'uptime_secs',
  process_open_fd_count: 'process_open_fds',
  process_max_fd_count: 'process_max_fds',
};

/** Prometheus wants seconds and bytes. */
const UNITS: readonly (readonly [suffix: RegExp, unit: string, scale: number])[] = [
  [/_(nanos|ns)$/, '_seconds', 1e-9],
  [/_(micros|us)$/, '_seconds', 1e-6],
  [/_(millis|ms)$/, '_seconds', 1e-3],
  [/_(secs?|s)$/, '_seconds', 1],
  [/_mins?$/, '_seconds', 60],
  [/_hours?$/, '_seconds', 3600],
  [/_kb$/, '_bytes', 2 ** 10],
  [/_mb$/, '_bytes', 2 ** 20],
  [/_gb$/, '_bytes', 2 ** 30],
];

/** A name that satisfies Prometheus' linter: snake case, no metric type in it, and none of the reserved endings. */
const plain = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/_(counter|gauge|summary|histogram)(?=_|$)/gi, '')
    .replace(/_(count|sum|bucket|total)$/, '');

function split(name: string): { readonly base: string; readonly labels: Record<string, string> } {
  for (const [pattern, family] of LABELLED) {
    const groups = pattern.exec(name)?.groups;
    if (!groups) continue;
    const { $unit = '', ...named } = groups;
    const labels = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
    return { base: family.replace('$unit', $unit), labels };
  }
  return { base: RENAMED[name] ?? name, labels: {} };
}

/** The name in /metrics for a name of /vars. */
export function seriesName(name: string): SeriesName {
  const { base, labels } = split(name);
  const short = plain(base);
  const unit = UNITS.find(([suffix]) => suffix.test(short));
  if (!unit) return { family: `aurora_${short}`, labels, scale: 1 };
  const [suffix, word, scale] = unit;
  return { family: `aurora_${short.replace(suffix, word)}`, labels, scale };
}
