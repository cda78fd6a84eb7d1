/**
 * What is counted and measured, by the names of /vars: help for /metrics, and what is there, at 0, before anything
 * happened, so that a dashboard tells "none" from "not watched". It is longer than other files because it is a table.
 * A `*` stands for a value that the name holds; such names appear with their first event unless their values are known.
 * Source of the names: the original's documentation of its counters, and its code.
 */
import { CALLS, type CallName, ENUMS } from '../../api/index.ts';
import type { Counters, DurationKind } from './counters.ts';

interface Row {
  readonly help: string;
  /** `gauge` is for values that others declare by reading them. */
  readonly kind: 'count' | 'gauge' | DurationKind;
  /** Values in place of `*` that are there from the start; without `*`, nothing here means the name itself. */
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

/** Rows in the order of their patterns: the first that fits a name counts, so the special ones come first. */
export const CATALOGUE: Readonly<Record<string, Row>> = {
  'task_store_*': gauge('Tasks in the store, by status'),
  'tasks_lost_rack_*': count('Tasks lost, by rack of the agent'),
  'tasks_lost_dedicated_*': count('Tasks lost on dedicated agents, by the value of the attribute'),
  'tasks_LOST_*': count('Tasks lost, by job'),
  'tasks_FAILED_*': count('Tasks failed, by job'),
  tasks_pruned: count('Ended tasks that were forgotten'),
  scheduler_illegal_task_state_transitions: count('Changes of state that the state machine refused'),
  timed_out_tasks: count('Tasks that stayed too long in a state that should pass'),
  task_kill_retries: count('Kills sent again because the task had not ended'),
  task_throttle: wait('How long flapping tasks were held back'),

  schedule_attempts_fired: count('Attempts to place tasks of a group'),
  schedule_attempts_failed: count('Attempts whose write failed'),
  schedule_attempts_no_match: count('Attempts that found no offer for any task'),
  schedule_attempts_blocks: count('Attempts put off by -max_schedule_attempts_per_sec'),
  scheduled_task_penalty: wait('How long groups waited before their next attempt'),
  scheduling_veto_static: count('Offers ruled out for good'),
  scheduling_veto_dynamic: count('Offers ruled out for what may change'),
  scheduling_veto_mixed: count('Offers ruled out for both kinds of reason'),
  'scheduling_veto_*': count('Reasons that ruled an offer out, by kind', [
    'insufficient_resources',
    'constraint_mismatch',
    'limit_not_satisfied',
    'maintenance',
    'dedicated_constraint_mismatch',
  ]),
  veto_evaluated_offers: count('Offers looked at to place a task'),
  assigner_launch_failures: count('Tasks lost because their launch was refused'),
  offer_accept_races: count('Offers that were gone when a task was to be launched on them'),
  preemptor_missing_attributes: count(
    'Agents passed over in the search for victims: their attributes are not known',
  ),
  preemptor_unmatched_tasks: count('Pending tasks for which no victims were found'),
  'preemptor_slot_search_*': count('Searches for victims, by result and tier'),
  preemptor_slot_validation_failed: count('Reserved slots that did not hold any more'),
  preemptor_slot_validation_successful: count('Reserved slots that were used'),
  preemptor_task_processor_runs: count('Rounds of the search for victims'),
  'preemptor_tasks_preempted_*': count('Tasks preempted, by tier', ['prod', 'non_prod']),
  pending_task_processor_run: wait('How long a round of the search for victims took'),
  preemption_slot_cache_size: gauge('Slots reserved for preemption'),
  reservation_cache_size: gauge('Offers reserved for a group'),
  update_affinity_cache_size: gauge('Instances of updates for which their agents are kept'),
  update_affinity_cache_removals: count('Agents that were kept for updates and are not any more'),
  update_affinity_cache_expiration_removals: count('Of those, agents whose instances did not come in time'),
  update_affinity_cache_explicit_removals: count('Of those, agents whose instances came, or need none'),

  outstanding_offers: gauge('Agents whose offers are ours'),
  offers_given_back: gauge('Agents whose offers went back and are remembered'),
  offers_suppressed: gauge('1 while Mesos is asked for no offers'),
  scheduler_resource_offers: count('Offers received'),
  offers_rescinded: count('Offers that Mesos took back'),
  offer_cancel_failures: count('Offers taken back that were not held'),

  framework_registered: gauge('1 while there is a session with Mesos'),
  scheduler_framework_reregisters: count('Sessions with Mesos after the first'),
  scheduler_framework_disconnects: count('Sessions with Mesos that ended'),
  scheduler_inverse_offers: count('Announcements of maintenance received'),
  slaves_lost: count('Agents lost'),
  scheduler_lost_executors: count('Executors that ended with a failure'),
  scheduler_status_update: count('Status updates received'),
  scheduler_framework_message: count('Messages of executors received'),
  'mesos_scheduler_event_*': count('Events of Mesos, by type', [
    ...['SUBSCRIBED', 'OFFERS', 'INVERSE_OFFERS', 'RESCIND', 'RESCIND_INVERSE_OFFER', 'UPDATE'],
    ...['UPDATE_OPERATION_STATUS', 'MESSAGE', 'FAILURE', 'ERROR', 'HEARTBEAT'],
  ]),
  mesos_scheduler_subscription_attempts: count('Calls to subscribe'),
  mesos_scheduler_call_failures: count('Calls to Mesos that failed'),
  scheduler_driver_kill_failures: count('Kills that could not be sent'),
  scheduler_received: work('Time to take in an event of Mesos'),
  status_updates_queue_size: gauge('Status updates that wait'),
  'status_update_*': count('Status updates, by reason and result'),
  'task_lost_*': count('Updates that say a task is lost, by who says it', ['SOURCE_MASTER', 'SOURCE_AGENT']),
  'task_exit_*': count('Status updates with a reason, by reason'),
  'task_delivery_delay_*': {
    kind: 'request',
    help: 'From the making of a status update to its arrival, by source',
  },
  unknown_tasks_kept: gauge('Running tasks that are not in the state'),
  reconciliation_explicit_runs: count('Explicit reconciliations'),
  reconciliation_implicit_runs: count('Implicit reconciliations'),

  timeout_queue_size: gauge('Timers that are set'),
  async_tasks_completed: count('Timers that ran'),
  async_executor_uncaught_exceptions: count('Timers that threw'),
  uncaught_exceptions: count('Requests and listeners that failed with an exception nobody expected'),
  event_bus_exceptions: count('Listeners to changes of state that threw'),
  event_bus_dead_events: count('Changes of state that nobody listened to'),

  task_queries_by_id: count('Task queries answered by id'),
  task_queries_by_job: count('Task queries answered by job'),
  task_queries_by_host: count('Task queries answered by host'),
  task_queries_by_status: count('Task queries answered by status'),
  task_queries_by_role: count('Task queries answered by role'),
  task_queries_all: count('Task queries that looked at all tasks'),
  'mem_storage_*_size': gauge('Entries in a store, by store'),
  mem_storage_write_operation: work('Time to apply a write in memory'),
  mem_storage_read_operation: work('Time of reads of the stores'),
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
  'empty_slots_*': gauge('Tasks of a size that would fit on the offers that are held'),

  'sla_coordinator_*': count('Questions to coordinators of jobs, whether a task may go', [
    'attempts',
    'success',
    'errors',
    'user_errors',
    'lock_starvation',
  ]),
  sla_stats_computation: work('Time to bring the SLA metrics up to date'),
  'updates_sla_kill_*': count('Tasks that updates asked to end by their SLA policies, by job'),
  'update_transition_*': count('Changes of state of job updates, by new state'),
  'update_instance_transition_*': count('Steps of job updates, by what was done to an instance'),

  cron_job_triggers: count('Runs of cron jobs that were due'),
  cron_job_collisions: count('Runs of cron jobs that met the run before'),
  cron_job_concurrent_runs: count('Runs of cron jobs left out because one waits already'),
  cron_job_launch_failures: count('Runs of cron jobs that could not be made'),
  cron_job_parse_failures: count('Cron jobs whose schedule cannot be read'),
  cron_job_misfires: count(
    'Ticks that came while this scheduler led and were not run: the job was gone, or a later tick was due as well',
  ),
  cron_ticks_missed: count('Ticks of cron jobs that passed while nobody led'),
  cron_ticks_cancelled: count('Ticks of cron jobs whose policy cancels them'),
  cron_jobs_loaded: gauge('Cron jobs that are armed'),
  quartz_scheduler_running: gauge('1 while cron jobs are run'),

  'sla_*_job_uptime_*': gauge('How long that part of the running tasks of a job has been so'),
  'sla_*platform_uptime_percent*': gauge('Part of the time in which instances should run, and do'),
  'sla_*mtta_ms*': gauge('Median time from PENDING to ASSIGNED'),
  'sla_*mtts_ms*': gauge('Median time from PENDING to STARTING'),
  'sla_*mttr_ms*': gauge('Median time from PENDING to RUNNING'),
  'sla_*': gauge('Service levels of jobs and of the cluster'),
  missing_maintenance_request: count('Looks at hosts that are drained without a stored request'),
  'maintenance_countdown_ms_*': gauge('How long a task may still wait on a host that is drained'),

  'thrift_workload_*': count('Tasks that calls changed, by call', callsOf(true)),
  'scheduler_thrift_workload_*': count('Things that calls returned, by call', callsOf(false)),
  'scheduler_thrift_response_*': count('Answers to calls, by response code', Object.keys(ENUMS.ResponseCode)),
  'scheduler_thrift_*': work('Time of calls, by call'),
  'http_*_responses': work('Time of HTTP requests, by status'),
  http_cross_site_refusals: count('Requests refused because a page of another site may have sent them'),
  http_connections_open: gauge('Open connections of clients'),
  http_connections_refused: count('Connections refused because their address had too many open'),
  http_slow_readers_cut: count('Clients cut off because they did not read their answers'),
  http_calls_refused: count('Requests refused because their user made too many in a second'),
  http_authentication_failures: count('Requests whose credentials were not good'),
  http_unauthenticated_requests: count('Requests without credentials that need some'),
  audit_entries: count('Changes and denials written into the audit log'),
  audit_failures: count('Writes of the audit log that failed'),
  audit_entries_lost: count('Entries that the audit log could not keep'),
  http_tls_file_failures: count('New versions of the files for TLS that were not good'),
  security_file_failures: count('New versions of files for authentication that were not good'),
  shiro_authorization_failures: count('Requests and calls that the caller had no permission for'),
  sandbox_views: count('Views of logs and downloads of files of sandboxes'),
  sandbox_view_bytes: count('Bytes of such views'),
  sandbox_views_refused: count('Such views that were refused because too many were open'),
  sandbox_views_open: gauge('Such views that are open'),
  shiro_bad_requests: count('Calls that could not be held against permissions: no job is named'),
  variable_scrape: { kind: 'scrape', help: 'Time to show all of this' },

  'scheduler_lifecycle_*': gauge('1 for the present state of the scheduler'),
  'zk_connection_state_*_counter': count('Changes of the ZooKeeper session, by new state'),
  'zk_connection_state_*': gauge('1 for the present state of the ZooKeeper session'),
  jvm_time_ms: gauge('Time of this machine, since 1970'),
  jvm_uptime_secs: gauge('Age of the process'),
  jvm_available_processors: gauge('Processors that the process may use'),
  'jvm_memory_*': gauge('Memory of the process'),
  system_free_physical_memory_mb: gauge('Free memory of the machine'),
  system_load_avg: gauge('Load of the machine over a minute'),
  process_cpu_time_nanos: gauge('Processor time that the process has used'),
  process_cpu_cores_utilized: gauge('Processors that the process kept busy lately'),
  process_open_fd_count: gauge('Open file descriptors'),
  process_max_fd_count: gauge('File descriptors that may be open'),
  'build.*': gauge('What this program is made of'),
};

/** Calls that change something, or those that only read. */
function callsOf(writes: boolean): CallName[] {
  const names = Object.keys(CALLS) as CallName[];
  return names.filter((name) => (CALLS[name].service === 'ReadOnlyScheduler') !== writes);
}

const PATTERNS = Object.entries(CATALOGUE)
  .filter(([name]) => name.includes('*'))
  .map(([name, row]) => [new RegExp(`^${name.replace('.', '\\.').replaceAll('*', '.*')}$`), row] as const);

/** What a name of /vars is about; names that are not in the table say so of themselves. */
export const helpOf = (name: string): string =>
  (CATALOGUE[name] ?? PATTERNS.find(([pattern]) => pattern.test(name))?.[1])?.help ?? `${name} of /vars`;

/** Has everything whose name is known be there from the start. */
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
