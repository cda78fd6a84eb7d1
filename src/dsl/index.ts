/** The configuration language: what `import { ... } from 'aurora'` offers. */
export type {
  AppcImageFields,
  ContainerFields,
  DockerFields,
  DockerImageFields,
  MesosFields,
  ParameterFields,
  VolumeFields,
} from './fields/container.ts';
export type {
  AnnouncerFields,
  HealthCheckConfigFields,
  HealthCheckerConfigFields,
  HttpHealthCheckerFields,
  HttpLifecycleConfigFields,
  LifecycleConfigFields,
  ShellHealthCheckerFields,
} from './fields/health.ts';
export type { JobFields } from './fields/job.ts';
export type {
  CoordinatorSlaPolicyFields,
  CountSlaPolicyFields,
  ExecutorConfigFields,
  MetadataFields,
  PartitionPolicyFields,
  PercentageSlaPolicyFields,
} from './fields/policy.ts';
export type { LoggerFields, ProcessFields, RotatePolicyFields } from './fields/process.ts';
export type { ResourcesFields } from './fields/resources.ts';
export type { ConstraintFields, TaskFields } from './fields/task.ts';
export type {
  BatchUpdateStrategyFields,
  QueueUpdateStrategyFields,
  UpdateConfigFields,
  VariableBatchUpdateStrategyFields,
} from './fields/update.ts';
export * from './language/builders-containers.ts';
export * from './language/builders-health.ts';
export * from './language/builders-jobs.ts';
export * from './language/builders-policies.ts';
export * from './language/builders-processes.ts';
export * from './language/builders-tasks.ts';
export * from './language/builders-updates.ts';
export { canary } from './language/canary.ts';
export { type CustomEnvironment, type Environment, environment } from './language/environment.ts';
export { DefaultLifecycleConfig, DisableLifecycle } from './language/lifecycles.ts';
export { javaOptions, type OptionValues, pythonOptions } from './language/options.ts';
export { type ParameterSpec, parameters } from './language/parameters.ts';
export { Profile } from './language/profiles.ts';
export {
  hostname,
  imageDigest,
  instance,
  port,
  type ReferencesTo,
  refer,
  referToMap,
  taskId,
} from './language/references.ts';
export { dedicated, limit, not, oneOf } from './language/scheduling.ts';
export { combineTasks, concatTasks, order, SequentialTask, SimpleTask } from './language/task-helpers.ts';
export {
  type Bool,
  type Float,
  type FloatNumber,
  float,
  type Int,
  type Reference,
  type TemplateText,
  type Text,
} from './language/text.ts';
export { BYTES, cron, days, GB, hours, KB, MB, mins, secs, TB } from './language/units.ts';
export type { Bindable, Bindings, Changes } from './language/value.ts';
