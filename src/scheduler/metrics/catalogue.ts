/**
 * Everything that is counted and measured, by its name in /vars: the help text for /metrics, and which values exist (at
 * 0) before anything happened, so that a dashboard can tell "none" from "not watched". Longer than other files because
 * it is a table. `*` stands for a value inside a name; such names appear with their first event unless their values are
 * known. Source of the names: the documentation of the original's counters, and its code.
 */
import { CALLS, type CallName, ENUMS } from '../../api/index.ts';
import type { Counters, DurationKind } from './counters.ts';

interface Row {
  readonly help: string;
  /** `gauge` marks values that other code declares with a function to read them. */
  readonly kind: 'count' | 'gauge' | DurationKind;
  /** Values of `*` that exist from the start; a name without `*` always exists. */
  readonly known?: readonly string[];
}

const count = (help: string, known?: readonly string[]): Row => ({
  kind: 'count',
  help,
  ...(known && { known }),
});
const gauge = (help: string): Row => ({ kind: 'gauge', help });
const wait = (help: string): Row => ({ kind: 'wait', help });
const work = (help: string): Row => ({ kind: 'work', help });

/** The first pattern that fits a name is used, so special ones come before general ones. */
export const CATALOGUE: Readonly<Record<string, Row>> = {
  'task_store_*': gauge('Tasks in the store, by status'),
  'tasks_lost_rack_*': count('Tasks lost, by rack of the agent'),
  'tasks_lost_dedicated_*': count('Tasks lost on dedicated agents, by the value of the attribute'),
  'tasks_LOST_*': count('Tasks lost, by job'),
  'tasks_FAILED_*': count('Tasks failed, by job'),
  tasks_pruned: count('Ended tasks that were removed from the history'),
  scheduler_illegal_task_state_transitions: count('Changes of state that the state machine refused'),
  timed_out_tasks: count('Tasks that stayed too long in a transient state'),
  task_kill_retries: count('Kills sent again because the task had not ended yet'),
  task_throttle: wait('How long flapping tasks were held back'),

  schedule_attempts_fired: count('Attempts to place tasks of a group'),
  schedule_attempts_failed: count('Attempts whose write failed'),
  schedule_attempts_no_match: count('Attempts that found no offer for any task'),
  schedule_attempts_blocks: count('Attempts delayed by -max_schedule_attempts_per_sec'),
  scheduled_task_penalty: wait('How long groups waited before their next attempt'),
  scheduling_veto_static: count('Offers ruled out for reasons that cannot change'),
  scheduling_veto_dynamic: count('Offers ruled out for reasons that may change'),
  scheduling_veto_mixed: count('Offers ruled out for both kinds of reasons'),
  'scheduling_veto_*': count('Reasons for ruling out an offer, by kind', [
    'insufficient_resources',
    'constraint_mismatch',
    'limit_not_satisfied',
    'maintenance',
    'dedicated_constraint_mismatch',
  ]),
  veto_evaluated_offers: count('Offers examined to place a task'),
  assigner_launch_failures: count('Tasks lost because their launch was refused'),
  offer_accept_races: count('Offers that were gone when a task was to be launched on them'),
  preemptor_missing_attributes: count(
    'Agents skipped in the search for victims because their attributes are unknown',
  ),
  preemptor_unmatched_tasks: count('Pending tasks for which no victims were found'),
  'preemptor_slot_search_*': count('Searches for victims, by result and tier'),
  preemptor_slot_validation_failed: count('Reserved slots that were no longer usable'),
  preemptor_slot_validation_successful: count('Reserved slots that were used'),
  preemptor_task_processor_runs: count('Rounds of the search for victims'),
  'preemptor_tasks_preempted_*': count('Tasks preempted, by tier', ['prod', 'non_prod']),
  pending_task_processor_run: wait('How long a round of the search for victims took'),
  preemption_slot_cache_size: gauge('Slots reserved for preemption'),
  reservation_cache_size: gauge('Agents reserved for a group'),
  update_affinity_cache_size: gauge('Instances of updates whose agents are kept for them'),
  update_affinity_cache_removals: count('Agents that are no longer kept for updates'),
  update_affinity_cache_expiration_removals: count('Of those, agents whose instances did not start in time'),
  update_affinity_cache_explicit_removals: count('Of those, agents whose instances started or need none'),

  outstanding_offers: gauge('Agents whose offers are held'),
  offers_given_back: gauge('Agents whose offers were returned and are still valid'),
  offers_suppressed: gauge('1 while offers are suppressed, because no task needs one'),
  scheduler_resource_offers: count('Offers received'),
  offers_rescinded: count('Offers that Mesos rescinded'),
  offer_cancel_failures: count('Rescinded offers that were not held'),

  framework_registered: gauge('1 while there is a session with Mesos'),
  scheduler_framework_reregisters: count('Sessions with Mesos after the first'),
  scheduler_framework_disconnects: count('Sessions with Mesos that ended'),
  scheduler_inverse_offers: count('Inverse offers (announcements of maintenance) received'),
  slaves_lost: count('Agents lost'),
  scheduler_lost_executors: count('Executors that ended with a failure'),
  scheduler_status_update: count('Status updates received'),
  scheduler_framework_message: count('Messages received from executors'),
  'mesos_scheduler_event_*': count('Events received from Mesos, by type', [
    ...['SUBSCRIBED', 'OFFERS', 'INVERSE_OFFERS', 'RESCIND', 'RESCIND_INVERSE_OFFER', 'UPDATE'],
    ...['UPDATE_OPERATION_STATUS', 'MESSAGE', 'FAILURE', 'ERROR', 'HEARTBEAT'],
  ]),
  mesos_scheduler_subscription_attempts: count('Calls to subscribe'),
  mesos_scheduler_call_failures: count('Calls to Mesos that failed'),
  scheduler_driver_kill_failures: count('Kills that could not be sent'),
  scheduler_received: work('Time to process an event of Mesos'),
  launches_unanswered: gauge('Tasks whose launch Mesos has not answered yet'),
  status_updates_queue_size: gauge('Status updates that are waiting to be written'),
  'status_update_*': count('Status updates, by reason and result'),
  'task_lost_*': count('Status updates of lost tasks, by source', ['SOURCE_MASTER', 'SOURCE_AGENT']),
  'task_exit_*': count('Status updates with a reason, by reason'),
  'task_delivery_delay_*': {
    kind: 'request',
    help: 'Time from the creation of a status update to its arrival, by source',
  },
  unknown_tasks_kept: gauge('Running tasks that the scheduler does not know and keeps'),
  reconciliation_explicit_runs: count('Explicit reconciliations'),
  reconciliation_implicit_runs: count('Implicit reconciliations'),

  timeout_queue_size: gauge('Timers that are waiting'),
  async_tasks_completed: count('Timers that ran'),
  async_executor_uncaught_exceptions: count('Timers that threw'),
  uncaught_exceptions: count('Requests and listeners that failed with an unexpected exception'),
  event_bus_exceptions: count('Listeners to state changes that threw'),
  event_bus_dead_events: count('State changes without a listener'),

  task_queries_by_id: count('Task queries answered by id'),
  task_queries_by_job: count('Task queries answered by job'),
  task_queries_by_host: count('Task queries answered by host'),
  task_queries_by_status: count('Task queries answered by status'),
  task_queries_by_role: count('Task queries answered by role'),
  task_queries_all: count('Task queries that looked at all tasks'),
  'mem_storage_*_size': gauge('Entries in a store, by store'),
  mem_storage_write_operation: work('Time to apply a write in memory'),
  mem_storage_read_operation: work('Time to read the stores'),
  scheduler_storage_prepare: work('Time to open the log'),
  scheduler_storage_recover: work('Time to read the state from the log'),
  log_manager_append: work('Time to make a record durable'),
  log_manager_deflate: work('Time to compress a part of a snapshot'),
  scheduler_log_snapshot: work('Time to write a snapshot'),
  scheduler_log_snapshots: count('Snapshots written'),
  scheduler_log_bytes_read: count('Bytes of log records read'),
  scheduler_log_bytes_written: count('Bytes of log records written'),
  scheduler_log_entries_read: count('Log records read'),
  scheduler_log_entries_written: count('Log records written'),
  scheduler_log_un_snapshotted_transactions: gauge('Log records since the last snapshot'),
  scheduler_backup_success: count('Backups written'),
  scheduler_backup_failed: count('Backups that failed'),
  scheduler_backup: work('Time to write a backup'),

  'resources_*': gauge('Resources of tasks and quotas, by kind and role'),
  'quota_per_role_*': gauge('Resources of quotas, by role'),
  'empty_slots_*': gauge('How many tasks of a size would fit on the held offers'),

  'sla_coordinator_*': count("Requests that ask a job's coordinator whether a task may be ended", [
    'attempts',
    'success',
    'errors',
    'user_errors',
    'lock_starvation',
  ]),
  sla_stats_computation: work('Time to bring the SLA metrics up to date'),
  'updates_sla_kill_*': count('SLA-aware kills by updates, attempts and successes, by job'),
  'update_transition_*': count('State changes of job updates, by new state'),
  'update_instance_transition_*': count('Steps of job updates, by the action on an instance'),

  cron_job_triggers: count('Times that a cron job was triggered'),
  cron_job_collisions: count('Cron runs that collided with the previous run'),
  cron_job_concurrent_runs: count('Cron runs skipped because another one is already waiting'),
  cron_job_launch_failures: count('Cron runs that could not be created'),
  cron_job_parse_failures: count('Cron jobs whose schedule cannot be parsed'),
  cron_job_misfires: count(
    'Ticks during this leadership that were not run: the job was gone, or a later tick was due, too',
  ),
  cron_ticks_missed: count('Cron ticks that passed while no scheduler led'),
  cron_ticks_cancelled: count('Cron ticks that the collision policy cancelled'),
  cron_jobs_loaded: gauge('Cron jobs that are scheduled'),
  quartz_scheduler_running: gauge('1 while the cron scheduler is running'),

  'sla_*_job_uptime_*': gauge("How long at least this percentage of a job's running tasks has been running"),
  'sla_*platform_uptime_percent*': gauge(
    'Percentage of the time in which instances ran, of the time they should have run',
  ),
  'sla_*mtta_ms*': gauge('Median time from PENDING to ASSIGNED'),
  'sla_*mtts_ms*': gauge('Median time from PENDING to STARTING'),
  'sla_*mttr_ms*': gauge('Median time from PENDING to RUNNING'),
  'sla_*': gauge('Service levels of jobs and of the cluster'),
  missing_maintenance_request: count('Checks of draining hosts that have no stored maintenance request'),
  'maintenance_countdown_ms_*': gauge('Time until a task on a draining host is killed regardless of its SLA'),

  'thrift_workload_*': count('Tasks changed by calls, by call', callsOf(true)),
  'scheduler_thrift_workload_*': count('Items returned by calls, by call', callsOf(false)),
  'scheduler_thrift_response_*': count('Answers to calls, by response code', Object.keys(ENUMS.ResponseCode)),
  'scheduler_thrift_*': work('Time of calls, by call'),
  'http_*_responses': work('Time of HTTP requests, by status'),
  http_cross_site_refusals: count('Requests refused because a page of another site may have sent them'),
  http_connections_open: gauge('Open connections of clients'),
  http_connections_refused: count('Connections refused because their address had too many open'),
  http_slow_readers_cut: count('Clients cut off because they did not read their answers'),
  http_calls_refused: count('Requests refused because their user made too many in a second'),
  http_authentication_failures: count('Requests with invalid credentials'),
  http_unauthenticated_requests: count('Requests that need credentials but had none'),
  audit_entries: count('Changes and denials written into the audit log'),
  audit_failures: count('Writes of the audit log that failed'),
  audit_entries_lost: count('Entries that the audit log had to drop'),
  mesos_tls_file_failures: count('Changed TLS files for Mesos masters that could not be used'),
  http_tls_file_failures: count('Changed TLS files that could not be used'),
  security_file_failures: count('Changed authentication files that could not be used'),
  shiro_authorization_failures: count('Requests and calls that the caller had no permission for'),
  sandbox_views: count('Views of sandbox logs and downloads of sandbox files'),
  sandbox_view_bytes: count('Bytes sent by sandbox views'),
  sandbox_views_refused: count('Sandbox views refused because too many were open'),
  sandbox_views_open: gauge('Sandbox views that are open'),
  shiro_bad_requests: count('Calls whose permission could not be checked because they name no job'),
  variable_scrape: { kind: 'scrape', help: 'Time to serve these metrics' },

  'scheduler_lifecycle_*': gauge('1 for the current state of the scheduler'),
  'zk_connection_state_*_counter': count('Changes of the ZooKeeper session, by new state'),
  'zk_connection_state_*': gauge('1 for the current state of the ZooKeeper session'),
  jvm_time_ms: gauge('Wall-clock time of this machine, since 1970'),
  jvm_uptime_secs: gauge('Age of the process'),
  jvm_available_processors: gauge('Processors that the process may use'),
  'jvm_memory_*': gauge('Memory of the process'),
  system_free_physical_memory_mb: gauge('Free memory of the machine'),
  system_load_avg: gauge('Load average of the machine over a minute'),
  process_cpu_time_nanos: gauge('Processor time that the process has used'),
  process_cpu_cores_utilized: gauge('Processors that the process kept busy recently'),
  process_open_fd_count: gauge('Open file descriptors'),
  process_max_fd_count: gauge('File descriptors that may be open'),
  'build.*': gauge('Build properties of this program'),
};

/** Names of the calls that change something, or of those that only read. */
function callsOf(writes: boolean): CallName[] {
  const names = Object.keys(CALLS) as CallName[];
  return names.filter((name) => (CALLS[name].service === 'ReadOnlyScheduler') !== writes);
}

const PATTERNS = Object.entries(CATALOGUE)
  .filter(([name]) => name.includes('*'))
  .map(([name, row]) => [new RegExp(`^${name.replace('.', '\\.').replaceAll('*', '.*')}$`), row] as const);

/** The help text for a name of /vars; a name that is not in the table gets a generic one. */
export const helpOf = (name: string): string =>
  (CATALOGUE[name] ?? PATTERNS.find(([pattern]) => pattern.test(name))?.[1])?.help ?? `${name} of /vars`;

/** Declares everything whose name is known, so that it exists from the start. */
export function declareAll(counters: Counters): void {
  for (const [name, { kind, known = name.includes('*') ? [] : [''] }] of Object.entries(CATALOGUE)) {
    if (kind === 'gauge') continue;
    for (const value of known) {
      const whole = name.replace('*', value);
      if (kind === 'count') counters.add(whole, 0);
      else counters.declare(whole, kind);
    }
  }
}
