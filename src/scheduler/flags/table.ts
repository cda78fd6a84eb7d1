/**
 * Every flag of the scheduler as data: the command's help, the reference page and the parser read this table. It is
 * longer than other files because it is a table.
 *
 * `name` is the original's flag name; dashes may stand for its underscores. Defaults are written as a person would
 * type them. Source: the original's option classes; a default that differs is named in docs/differences.md.
 */

/** How the text of a flag is read; durations come out in milliseconds, data amounts in bytes. */
export type FlagType = 'string' | 'int' | 'double' | 'boolean' | 'duration' | 'bytes' | 'list' | 'regex';

export interface FlagSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: FlagType;
  /** Absent: the option stays unset when the flag is not given. */
  readonly default?: string;
  /** Smallest value allowed, in the unit of the option. */
  readonly min?: number;
  readonly max?: number;
  /** The only values that a text may be, or a list may hold. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export const SCHEDULER_FLAGS = {
  mesosMaster: {
    name: 'mesos_master_address',
    aliases: ['mesos_master'],
    type: 'string',
    help: 'Mesos master: host:port or zk://host:port,.../path; unset starts the embedded cluster',
  },
  clusterName: { name: 'cluster_name', type: 'string', default: 'local', help: 'name of this cluster' },
  httpPort: {
    name: 'http_port',
    type: 'int',
    default: '8081',
    min: 0,
    max: 65_535,
    help: 'port of the API; 0 picks one',
  },
  ip: { name: 'ip', type: 'string', help: 'address to listen on; unset listens on all' },
  hostname: { name: 'hostname', type: 'string', help: 'advertised host name; unset asks the system' },
  dataDir: {
    name: 'data_dir',
    aliases: ['native_log_file_path'],
    type: 'string',
    default: '.aurora',
    help: 'directory of the durable state',
  },
  snapshotIntervalMs: {
    name: 'dlog_snapshot_interval',
    type: 'duration',
    default: '1hrs',
    min: 1,
    help: 'time between two snapshots of the state',
  },
  logAddress: {
    name: 'log',
    type: 'string',
    help: 'zk://[user:password@]host:port,.../path keeps the durable state in ZooKeeper, for several schedulers; unset keeps it in -data_dir',
  },
  logZkPath: {
    name: 'native_log_zk_group_path',
    type: 'string',
    help: 'keeps the durable state below this path of -zk_endpoints; as -log',
  },
  logMaxEntryBytes: {
    name: 'dlog_max_entry_size',
    type: 'bytes',
    default: '512KB',
    min: 1024,
    max: 1_000_000,
    help: 'largest node that the log writes in ZooKeeper; servers refuse more than 1 MB',
  },

  zkEndpoints: {
    name: 'zk_endpoints',
    type: 'list',
    default: '',
    help: 'servers of the ZooKeeper ensemble, host:port,...',
  },
  serversetPath: {
    name: 'serverset_path',
    type: 'string',
    help: 'path in ZooKeeper where schedulers elect their leader and clients find it; unset leads at once',
  },
  serversetEndpointName: {
    name: 'serverset_endpoint_name',
    type: 'string',
    default: 'http',
    help: 'name of the announced endpoint; https when a proxy adds TLS',
  },
  zkChrootPath: {
    name: 'zk_chroot_path',
    type: 'string',
    help: 'put in front of every path in -zk_endpoints',
  },
  zkDigestCredentials: {
    name: 'zk_digest_credentials',
    type: 'string',
    help: 'user:password for -zk_endpoints; what is made there then belongs to this user',
  },
  zkSessionTimeoutMs: {
    name: 'zk_session_timeout',
    type: 'duration',
    default: '15secs',
    min: 1,
    help: 'a leader that ZooKeeper has not heard of for this long is replaced',
  },
  zkConnectionTimeoutMs: {
    name: 'zk_connection_timeout',
    type: 'duration',
    default: '10secs',
    min: 1,
    help: 'longest wait for one ZooKeeper server before the next is tried',
  },

  backupDir: {
    name: 'backup_dir',
    type: 'string',
    help: 'directory of the backups; unset is "backups" in -data_dir',
  },
  backupIntervalMs: {
    name: 'backup_interval',
    type: 'duration',
    default: '1hrs',
    min: 1,
    help: 'time between two backups',
  },
  maxSavedBackups: {
    name: 'max_saved_backups',
    type: 'int',
    default: '48',
    min: 1,
    help: 'backups that are kept; the oldest goes when there is one more',
  },
  unknownTasks: {
    name: 'unknown_tasks',
    type: 'string',
    choices: ['kill', 'keep'],
    help: 'what happens to running tasks that are not in the state: kill, or keep and report them; unset kills them unless the state came out of a backup; kill ends that for good',
  },

  executorUser: {
    name: 'executor_user',
    type: 'string',
    help: 'user that executors run as; unset is root, or the own user when not root',
  },
  frameworkName: { name: 'framework_name', type: 'string', default: 'Aurora', help: 'name shown by Mesos' },
  frameworkFailoverTimeoutMs: {
    name: 'framework_failover_timeout',
    type: 'duration',
    default: '21days',
    min: 0,
    help: 'how long Mesos keeps tasks running without a scheduler',
  },
  frameworkAnnouncePrincipal: {
    name: 'framework_announce_principal',
    type: 'boolean',
    default: 'false',
    help: 'put the principal into FrameworkInfo',
  },
  frameworkAuthenticationFile: {
    name: 'framework_authentication_file',
    type: 'string',
    help: 'properties file with aurora_authentication_principal and aurora_authentication_secret',
  },
  mesosRole: { name: 'mesos_role', type: 'string', help: 'Mesos role of this framework' },
  partitionAware: {
    name: 'partition_aware',
    type: 'boolean',
    default: 'false',
    help: 'ask Mesos to tell unreachable tasks from lost ones',
  },
  receiveRevocableResources: {
    name: 'receive_revocable_resources',
    type: 'boolean',
    default: 'false',
    help: 'ask Mesos for revocable resources',
  },
  maxRegistrationDelayMs: {
    name: 'max_registration_delay',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'after this long without a subscription a line is logged, again and again',
  },
  maxStatusUpdateBatchSize: {
    name: 'max_status_update_batch_size',
    type: 'int',
    default: '1000',
    min: 1,
    help: 'most status updates that one write takes',
  },
  reconciliationBatchSize: {
    name: 'reconciliation_explicit_batch_size',
    type: 'int',
    default: '1000',
    min: 1,
    help: 'tasks a reconciliation call names',
  },
  reconciliationBatchIntervalMs: {
    name: 'reconciliation_explicit_batch_interval',
    type: 'duration',
    default: '5secs',
    min: 1,
    help: 'pause between two reconciliation calls of a run',
  },

  reconciliationInitialDelayMs: {
    name: 'reconciliation_initial_delay',
    type: 'duration',
    default: '1mins',
    min: 0,
    help: 'wait after the start before the first periodic reconciliation',
  },
  reconciliationExplicitIntervalMs: {
    name: 'reconciliation_explicit_interval',
    type: 'duration',
    default: '60mins',
    min: 1,
    help: 'time between two reconciliations of the tasks that we know',
  },
  reconciliationImplicitIntervalMs: {
    name: 'reconciliation_implicit_interval',
    type: 'duration',
    default: '60mins',
    min: 1,
    help: 'time between two reconciliations of the tasks that Mesos knows',
  },
  reconciliationScheduleSpreadMs: {
    name: 'reconciliation_schedule_spread',
    type: 'duration',
    default: '30mins',
    min: 0,
    help: 'how long after the explicit reconciliation the implicit one begins',
  },

  thermosExecutorPath: {
    name: 'thermos_executor_path',
    type: 'string',
    help: "path of the executor on the agents; unset is this package's own",
  },
  thermosExecutorFlags: {
    name: 'thermos_executor_flags',
    type: 'string',
    default: '',
    help: 'flags added to the command line of the executor',
  },
  thermosExecutorResources: {
    name: 'thermos_executor_resources',
    type: 'list',
    default: '',
    help: 'further files fetched into the sandbox of each executor',
  },
  thermosExecutorCpus: {
    name: 'thermos_executor_cpu',
    type: 'double',
    default: '0.25',
    min: 0,
    help: 'cpus of each executor, beside those of its task',
  },
  thermosExecutorRamBytes: {
    name: 'thermos_executor_ram',
    type: 'bytes',
    default: '128MB',
    min: 0,
    help: 'memory of each executor, beside that of its task',
  },
  thermosHomeInSandbox: {
    name: 'thermos_home_in_sandbox',
    type: 'boolean',
    default: 'false',
    help: 'set HOME of the executor to the sandbox',
  },
  globalContainerMounts: {
    name: 'global_container_mounts',
    type: 'list',
    default: '',
    help: 'host:container:mode, mounted into every container',
  },
  customExecutorConfig: {
    name: 'custom_executor_config',
    type: 'string',
    help: 'JSON file with further executors',
  },
  populateDiscoveryInfo: {
    name: 'populate_discovery_info',
    type: 'boolean',
    default: 'false',
    help: 'fill DiscoveryInfo of every task',
  },

  tierConfig: { name: 'tier_config', type: 'string', help: 'JSON file of tiers; unset is the built-in set' },
  allowedJobEnvironments: {
    name: 'allowed_job_environments',
    type: 'regex',
    default: '^(prod|devel|test|staging\\d*)$',
    help: 'environments that a job may be in',
  },
  allowedContainerTypes: {
    name: 'allowed_container_types',
    type: 'list',
    default: 'MESOS',
    choices: ['MESOS', 'DOCKER'],
    help: 'kinds of container that jobs may ask for: MESOS, DOCKER',
  },
  allowDockerParameters: {
    name: 'allow_docker_parameters',
    type: 'boolean',
    default: 'false',
    help: 'permit docker parameters in jobs',
  },
  defaultDockerParameters: {
    name: 'default_docker_parameters',
    type: 'list',
    default: '',
    help: 'key=value, used where a job gives none',
  },
  requireDockerUseExecutor: {
    name: 'require_docker_use_executor',
    type: 'boolean',
    default: 'true',
    help: 'refuse docker jobs without an executor',
  },
  allowGpuResource: { name: 'allow_gpu_resource', type: 'boolean', default: 'false', help: 'permit GPUs' },
  enableMesosFetcher: {
    name: 'enable_mesos_fetcher',
    type: 'boolean',
    default: 'false',
    help: 'permit fetcher URIs in jobs',
  },
  allowContainerVolumes: {
    name: 'allow_container_volumes',
    type: 'boolean',
    default: 'false',
    help: 'permit host volumes in Mesos containers',
  },
  enableRevocableCpus: {
    name: 'enable_revocable_cpus',
    type: 'boolean',
    default: 'true',
    help: 'tasks of a revocable tier use revocable cpus',
  },
  enableRevocableRam: {
    name: 'enable_revocable_ram',
    type: 'boolean',
    default: 'false',
    help: 'tasks of a revocable tier use revocable memory',
  },
  maxTasksPerJob: {
    name: 'max_tasks_per_job',
    type: 'int',
    default: '4000',
    min: 1,
    help: 'most instances of a job',
  },
  slaAwareKillNonProd: {
    name: 'sla_aware_kill_non_prod',
    type: 'boolean',
    default: 'false',
    help: 'SLA policies apply to every tier',
  },
  minRequiredInstancesForSlaCheck: {
    name: 'min_required_instances_for_sla_check',
    type: 'int',
    default: '20',
    min: 0,
    help: 'smallest job that an SLA policy may have',
  },
  maxSlaDurationMs: {
    name: 'max_sla_duration_secs',
    type: 'duration',
    default: '2hrs',
    min: 0,
    help: 'longest window of an SLA policy',
  },

  maxUpdateInstanceFailures: {
    name: 'max_update_instance_failures',
    type: 'int',
    default: '20000',
    min: 1,
    help: 'most failures, of all instances together, that an update may allow',
  },
  jobUpdateHistoryPerJob: {
    name: 'job_update_history_per_job_threshold',
    type: 'int',
    default: '10',
    min: 0,
    help: 'ended updates of a job that are kept',
  },
  jobUpdateHistoryIntervalMs: {
    name: 'job_update_history_pruning_interval',
    type: 'duration',
    default: '15mins',
    min: 1,
    help: 'time between two looks for updates to forget',
  },
  jobUpdateHistoryMs: {
    name: 'job_update_history_pruning_threshold',
    type: 'duration',
    default: '30days',
    min: 1,
    help: 'ended updates that began longer ago are forgotten',
  },
  slaKillRetryMinMs: {
    name: 'sla_aware_kill_retry_min_delay',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'first wait before an update asks again whether it may kill an instance',
  },
  slaKillRetryMaxMs: {
    name: 'sla_aware_kill_retry_max_delay',
    type: 'duration',
    default: '5mins',
    min: 1,
    help: 'longest wait before an update asks again whether it may kill an instance',
  },

  firstScheduleDelayMs: {
    name: 'first_schedule_delay',
    type: 'duration',
    default: '1ms',
    min: 0.001,
    help: 'wait before the first attempt to place a new group of tasks',
  },
  initialSchedulePenaltyMs: {
    name: 'initial_schedule_penalty',
    type: 'duration',
    default: '1secs',
    min: 0.001,
    help: 'first wait after an attempt that placed nothing',
  },
  maxSchedulePenaltyMs: {
    name: 'max_schedule_penalty',
    type: 'duration',
    default: '1mins',
    min: 0.001,
    help: 'longest wait after an attempt that placed nothing',
  },
  maxTasksPerScheduleAttempt: {
    name: 'max_tasks_per_schedule_attempt',
    type: 'int',
    default: '25',
    min: 1,
    help: 'most tasks of a group that one attempt places',
  },
  maxScheduleAttemptsPerSec: {
    name: 'max_schedule_attempts_per_sec',
    type: 'double',
    default: '1000',
    min: 0.001,
    help: 'attempts a second, over all groups',
  },
  schedulingMaxBatchSize: {
    name: 'scheduling_max_batch_size',
    type: 'int',
    default: '20',
    min: 1,
    help: 'most attempts in one write; their tasks share offers and calls',
  },
  maxRescheduleDelayOnStartupMs: {
    name: 'max_reschedule_task_delay_on_startup',
    type: 'duration',
    default: '0secs',
    min: 0,
    help: 'pending tasks found at startup are tried within this time',
  },
  flappingTaskThresholdMs: {
    name: 'flapping_task_threshold',
    type: 'duration',
    default: '5mins',
    min: 0,
    help: 'a task that ends sooner flaps',
  },
  initialFlappingTaskDelayMs: {
    name: 'initial_flapping_task_delay',
    type: 'duration',
    default: '30secs',
    min: 1,
    help: 'first penalty of a flapping task',
  },
  maxFlappingTaskDelayMs: {
    name: 'max_flapping_task_delay',
    type: 'duration',
    default: '5mins',
    min: 1,
    help: 'longest penalty of a flapping task',
  },
  transientTaskStateTimeoutMs: {
    name: 'transient_task_state_timeout',
    type: 'duration',
    default: '5mins',
    min: 1,
    help: 'a task that stays longer in a transient state is lost',
  },
  startingTaskTimeoutMs: {
    name: 'starting_task_timeout',
    type: 'duration',
    default: '1hrs',
    min: 1,
    help: 'a task that stays STARTING longer is lost; images to fetch and health checks take their time',
  },
  initialTaskKillRetryIntervalMs: {
    name: 'initial_task_kill_retry_interval',
    type: 'duration',
    default: '15secs',
    min: 1,
    help: 'first wait before a kill is sent again',
  },

  minOfferHoldTimeMs: {
    name: 'min_offer_hold_time',
    type: 'duration',
    default: '5mins',
    min: 0,
    help: 'how long an unused offer is kept',
  },
  offerHoldJitterWindowMs: {
    name: 'offer_hold_jitter_window',
    type: 'duration',
    default: '1mins',
    min: 0,
    help: 'random addition to the hold time',
  },
  holdOffersForever: {
    name: 'hold_offers_forever',
    type: 'boolean',
    default: 'false',
    help: 'never decline an unused offer',
  },
  offerFilterDurationMs: {
    name: 'offer_filter_duration',
    type: 'duration',
    default: '5secs',
    min: 0,
    help: 'how long a declined offer stays away',
  },
  offerOrder: {
    name: 'offer_order',
    type: 'list',
    default: 'RANDOM',
    choices: ['CPU', 'MEMORY', 'DISK', 'REVOCABLE_CPU', 'RANDOM'],
    help: 'CPU, MEMORY, DISK, REVOCABLE_CPU, RANDOM; earlier ones decide first',
  },
  unavailabilityThresholdMs: {
    name: 'unavailability_threshold',
    type: 'duration',
    default: '6mins',
    min: 0,
    help: 'a host is not used from this long before its maintenance window',
  },

  offerReservationDurationMs: {
    name: 'offer_reservation_duration',
    type: 'duration',
    default: '3mins',
    min: 1,
    help: 'how long an agent is kept for the tasks that others were preempted for',
  },
  idleOffersDelayMs: {
    name: 'idle_offers_delay',
    type: 'duration',
    default: '30secs',
    min: 0,
    help: 'when no task has been pending for this long, offers go back and no more are asked for',
  },

  enablePreemptor: {
    name: 'enable_preemptor',
    type: 'boolean',
    default: 'true',
    help: 'move tasks of lower tiers and priorities out of the way of pending ones',
  },
  preemptionDelayMs: {
    name: 'preemption_delay',
    type: 'duration',
    default: '3mins',
    min: 1,
    help: 'a task that is pending for less preempts nobody',
  },
  preemptionSlotHoldTimeMs: {
    name: 'preemption_slot_hold_time',
    type: 'duration',
    default: '5mins',
    min: 1,
    help: 'how long a preemption that was found stays planned',
  },
  preemptionSlotSearchInitialDelayMs: {
    name: 'preemption_slot_search_initial_delay',
    type: 'duration',
    default: '3mins',
    min: 1,
    help: 'wait after the start before the first search for preemptions',
  },
  preemptionSlotSearchIntervalMs: {
    name: 'preemption_slot_search_interval',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'time between two searches for preemptions',
  },
  preemptionReservationMaxBatchSize: {
    name: 'preemption_reservation_max_batch_size',
    type: 'int',
    default: '5',
    min: 1,
    help: 'searches for one group before the next group has its turn',
  },

  hostMaintenancePollingIntervalMs: {
    name: 'host_maintenance_polling_interval',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'how soon an SLA coordinator that said no is asked again about the same task',
  },
  maxParallelCoordinatedMaintenance: {
    name: 'max_parallel_coordinated_maintenance',
    type: 'int',
    default: '10',
    min: 1,
    help: 'SLA coordinators that are asked at once',
  },
  slaCoordinatorTimeoutMs: {
    name: 'sla_coordinator_timeout',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'limit of one question to an SLA coordinator',
  },

  webhookConfig: {
    name: 'webhook_config',
    type: 'string',
    help: 'JSON file that says whom to tell of what happens to tasks, see docs/events.md',
  },
  slaStatRefreshIntervalMs: {
    name: 'sla_stat_refresh_interval',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'time between two computations of the SLA metrics',
  },
  slaProdMetrics: {
    name: 'sla_prod_metrics',
    type: 'list',
    default: 'JOB_UPTIMES,MEDIANS,PLATFORM_UPTIME',
    choices: ['JOB_UPTIMES', 'MEDIANS', 'PLATFORM_UPTIME'],
    help: 'SLA metrics of production jobs: JOB_UPTIMES, MEDIANS, PLATFORM_UPTIME',
  },
  slaNonProdMetrics: {
    name: 'sla_non_prod_metrics',
    type: 'list',
    default: '',
    choices: ['JOB_UPTIMES', 'MEDIANS', 'PLATFORM_UPTIME'],
    help: 'the same of the other jobs',
  },

  cronTimezone: {
    name: 'cron_timezone',
    type: 'string',
    default: 'GMT',
    help: 'zone of the cron jobs that name none, as the tz database names it',
  },

  historyMaxPerJob: {
    name: 'history_max_per_job_threshold',
    type: 'int',
    default: '100',
    min: 0,
    help: 'most ended tasks of a job that are kept',
  },
  historyMinRetentionMs: {
    name: 'history_min_retention_threshold',
    type: 'duration',
    default: '1hrs',
    min: 0,
    help: 'an ended task is kept at least this long',
  },
  historyPruneThresholdMs: {
    name: 'history_prune_threshold',
    type: 'duration',
    default: '2days',
    min: 0,
    help: 'an ended task is forgotten after this time',
  },

  statSamplingIntervalMs: {
    name: 'stat_sampling_interval',
    type: 'duration',
    default: '1secs',
    min: 1,
    help: 'window of the rates in /vars',
  },
  asyncTaskStatUpdateIntervalMs: {
    name: 'async_task_stat_update_interval',
    type: 'duration',
    default: '1hrs',
    min: 1,
    help: 'time between two countings of used resources for /vars',
  },
  asyncSlotStatUpdateIntervalMs: {
    name: 'async_slot_stat_update_interval',
    type: 'duration',
    default: '1mins',
    min: 1,
    help: 'how old the counts of empty slots in /vars may be',
  },
  enableCorsFor: { name: 'enable_cors_for', type: 'string', help: 'origin whose pages may call /api' },
  httpAllowedHosts: {
    name: 'http_allowed_hosts',
    type: 'list',
    default: '',
    help: 'names that requests may give in Host; unset allows any, with -ip on a loopback address only its names',
  },
  httpPublicNames: {
    name: 'http_public_names',
    type: 'list',
    default: '',
    help: 'host or host:port under which browsers reach this scheduler, when a proxy sends another Host',
  },
  httpAuthenticationMechanism: {
    name: 'http_authentication_mechanism',
    type: 'list',
    default: 'NONE',
    choices: ['NONE', 'BASIC'],
    help: 'how clients say who they are, several at once: NONE, BASIC; with any but NONE all but /health takes a permission',
  },
  anonymousReads: {
    name: 'anonymous_reads',
    type: 'boolean',
    default: 'false',
    help: 'let everyone read without credentials, as in the original; has a meaning only with -http_authentication_mechanism',
  },
  shiroIniPath: {
    name: 'shiro_ini_path',
    type: 'string',
    help: 'ini file with [users] and [roles], read again when it changes, see docs/security.md',
  },
  shiroRealmModules: {
    name: 'shiro_realm_modules',
    type: 'list',
    default: 'INI_AUTHNZ',
    choices: [
      'INI_AUTHNZ',
      'KERBEROS5_AUTHN',
      'org.apache.aurora.scheduler.http.api.security.IniShiroRealmModule',
      'org.apache.aurora.scheduler.http.api.security.Kerberos5ShiroRealmModule',
    ],
    help: "the original's realms; the ini file always says what users may do, and the mechanisms how they log in",
  },
  shiroCredentialsMatcher: {
    name: 'shiro_credentials_matcher',
    type: 'string',
    default: 'org.apache.shiro.authc.credential.SimpleCredentialsMatcher',
    choices: [
      'org.apache.shiro.authc.credential.SimpleCredentialsMatcher',
      'org.apache.shiro.authc.credential.PasswordMatcher',
    ],
    help: 'has no effect: the ini file says of each password how it is kept',
  },
  vizJobUrlPrefix: {
    name: 'viz_job_url_prefix',
    type: 'string',
    default: '',
    help: 'prefix of links to statistics',
  },
} as const satisfies Record<string, FlagSpec>;
