import type { Environment } from '../language/environment.ts';
import type { Bool, Int, OneOf, Text } from '../language/text.ts';
import type { Value } from '../language/value.ts';
import type { Container, Docker, Mesos } from './container.ts';
import type {
  Announcer,
  AnnouncerFields,
  HealthCheckConfig,
  HealthCheckConfigFields,
  LifecycleConfig,
  LifecycleConfigFields,
} from './health.ts';
import type {
  CoordinatorSlaPolicy,
  CountSlaPolicy,
  ExecutorConfig,
  ExecutorConfigFields,
  Metadata,
  MetadataFields,
  PartitionPolicy,
  PartitionPolicyFields,
  PercentageSlaPolicy,
} from './policy.ts';
import type { Task, TaskFields } from './task.ts';
import type { UpdateConfig, UpdateConfigFields } from './update.ts';

/** Fields of {@link Job}. */
export interface JobFields {
  /** Cluster that the job runs on, as clusters.json calls it. */
  readonly cluster: Text;
  /** Owner of the job: a user of the machines, whom its processes run as. */
  readonly role: Text;
  /** Stage: `prod`, `devel`, `test`, `staging` or `staging` with a number. */
  readonly environment: Environment;
  /**
   * Name of the job, unique in its role and environment.
   * @default {{task.name}}
   */
  readonly name?: Text | undefined;
  /** What an instance does. */
  readonly task: Task | TaskFields;
  /**
   * Number of instances.
   * @default 1
   */
  readonly instances?: Int | undefined;
  /**
   * Runs for ever: an instance that ends, successfully or not, is started again. `Service` sets it.
   * @default false
   */
  readonly service?: Bool | undefined;
  /**
   * Mail address of whoever looks after the job.
   * @default unset
   */
  readonly contact?: Text | undefined;
  /**
   * How the job is treated when machines get scarce: usually `preferred`, `preemptible` or `revocable`. Unset follows
   * `production` and the scheduler's default.
   * @default unset
   */
  readonly tier?: Text | undefined;
  /**
   * Old way to ask for tier `preferred`; give `tier`.
   * @default false
   */
  readonly production?: Bool | undefined;
  /**
   * Among the jobs of a role, those with a higher priority go first.
   * @default 0
   */
  readonly priority?: Int | undefined;
  /**
   * Failures of an instance before it is given up; -1 is never. Services are never given up.
   * @default 1
   */
  readonly maxTaskFailures?: Int | undefined;
  /**
   * Makes a cron job, run by `cron schedule`: see `cron`.
   * @default unset
   */
  readonly cronSchedule?: Text | undefined;
  /**
   * What happens when a run is due while the last one still goes on.
   * @default KILL_EXISTING
   */
  readonly cronCollisionPolicy?: OneOf<'KILL_EXISTING' | 'CANCEL_NEW' | 'RUN_OVERLAP'> | undefined;
  /**
   * Zone of the schedule, as the tz database names it: `Europe/Berlin`. Not known to the original's scheduler.
   * @default unset
   */
  readonly cronTimeZone?: Text | undefined;
  /**
   * What happens to the last run that was due while no scheduler led. Not known to the original's scheduler.
   * @default unset
   */
  readonly cronMissedTickPolicy?: OneOf<'SKIP' | 'RUN_ONCE'> | undefined;
  /**
   * Which machines may run the job: attribute to value, see `limit`, `oneOf`, `not` and `dedicated`.
   * @default unset
   */
  readonly constraints?: { readonly [attribute: string]: Text } | undefined;
  /**
   * Announces instances in ZooKeeper.
   * @default unset
   */
  readonly announce?: Announcer | AnnouncerFields | undefined;
  /**
   * How updates proceed.
   * @default {}
   */
  readonly updateConfig?: UpdateConfig | UpdateConfigFields | undefined;
  /**
   * How the executor finds out whether an instance is healthy.
   * @default {}
   */
  readonly healthCheckConfig?: HealthCheckConfig | HealthCheckConfigFields | undefined;
  /**
   * How an instance is asked to stop; `DisableLifecycle` sends signals at once.
   * @default {"http":{}}
   */
  readonly lifecycle?: LifecycleConfig | LifecycleConfigFields | undefined;
  /**
   * Container of the task; unset is a plain one made by Mesos.
   * @default unset
   */
  readonly container?: Docker | Mesos | Container | undefined;
  /**
   * What maintenance has to leave running.
   * @default unset
   */
  readonly slaPolicy?: PercentageSlaPolicy | CountSlaPolicy | CoordinatorSlaPolicy | undefined;
  /**
   * What happens when a machine cannot be reached.
   * @default unset
   */
  readonly partitionPolicy?: PartitionPolicy | PartitionPolicyFields | undefined;
  /**
   * Notes that travel with the task.
   * @default []
   */
  readonly metadata?: readonly (Metadata | MetadataFields)[] | undefined;
  /**
   * Which executor runs the task.
   * @default {}
   */
  readonly executorConfig?: ExecutorConfig | ExecutorConfigFields | undefined;
  /**
   * Links for the scheduler's page; kept for old files, the scheduler makes its own.
   * @default unset
   */
  readonly taskLinks?: { readonly [name: string]: Text } | undefined;
  /**
   * Runs the client's hooks around commands on this job.
   * @default false
   */
  readonly enableHooks?: Bool | undefined;
}

/** A job: a task, where it runs, and how many instances of it. */
export type Job = Value<'Job', JobFields>;
