import type { FlagType } from './table.ts';

/**
 * Flags of the original that are accepted without effect, each with the reason that is logged. So a command line of the
 * original starts this scheduler, unless it asks for something that would really be missing.
 */
export const UNUSED_FLAGS: Readonly<Record<string, string>> = {
  max_leading_duration: 'a scheduler leads until it is stopped; it ends itself for no exercise',
  native_log_quorum_size: 'the log is a file or lies in ZooKeeper; neither needs it',
  native_log_election_retries: 'the log is a file or lies in ZooKeeper; neither needs it',
  native_log_election_timeout: 'the log is a file or lies in ZooKeeper; neither needs it',
  native_log_read_timeout: 'the log is a file or lies in ZooKeeper; neither needs it',
  native_log_write_timeout: 'the log is a file or lies in ZooKeeper; neither needs it',
  max_task_event_batch_size: 'events are handled as they come',
  async_worker_threads: 'there are no thread pools',
  cron_scheduler_num_threads: 'there are no thread pools',
  cron_scheduling_max_batch_size: 'cron jobs are worked on in slices of time',
  cron_start_initial_backoff: 'a cron run that waits is told when the tasks before it have ended',
  cron_start_max_backoff: 'a cron run that waits is told when the tasks before it have ended',
  stat_retention_period: '/vars keeps no history',
  mesos_driver: 'the v1 HTTP interface is always used',
  kerberos_debug: 'KRB5_TRACE=/dev/stderr in the environment does that',
  offer_static_ban_cache_max_size: 'bans live as long as their offer',
};

/** A flag of the original whose function this version does not have. */
export interface MissingFlag {
  readonly type: FlagType;
  /** The default in the original. A flag given with this value asks for nothing, so it is no error. */
  readonly default?: string;
}

const int = (preset: string): MissingFlag => ({ type: 'int', default: preset });
const off: MissingFlag = { type: 'boolean', default: 'false' };
const text: MissingFlag = { type: 'string' };
/** Names a Java class, which cannot exist here. */
const javaClass: MissingFlag = text;

/** Each of these flags is an error rather than silently ignored, unless it is given its default. */
export const MISSING_FLAGS: Readonly<Record<string, MissingFlag>> = {
  http_offer_set_endpoint: text,
  http_offer_set_timeout_ms: int('100'),
  http_offer_set_max_retries: int('10'),
  offer_set_module: javaClass,
  preemption_slot_finder_modules: javaClass,
  shiro_after_auth_filter: javaClass,
  sla_aware_action_max_batch_size: int('300'),
  task_assigner_modules: javaClass,
  thrift_method_interceptor_modules: javaClass,
  zk_in_proc: off,
};
