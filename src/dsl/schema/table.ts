/**
 * The language as data: every struct with its fields, their types, whether they are required, and their defaults. Checking,
 * conversion, the JSON form and docs/config.md read this table. The interfaces in fields/ are what a user's editor shows; a
 * test checks that both have the same fields and defaults. Names are camelCase here and snake_case on the wire.
 */
export type SchemaFieldType =
  | { readonly kind: 'text' | 'int' | 'float' | 'bool' }
  /** `anyCase`: letters may be in either case and are kept as written. */
  | { readonly kind: 'enum'; readonly words: readonly string[]; readonly anyCase?: boolean }
  | { readonly kind: 'struct'; readonly name: string }
  | { readonly kind: 'choice'; readonly names: readonly string[] }
  | { readonly kind: 'list'; readonly of: SchemaFieldType }
  | { readonly kind: 'map'; readonly of: SchemaFieldType };

/** One field. `default` is written as a user would: `{}` for a struct with its own defaults. */
export interface SchemaField<T extends SchemaFieldType = SchemaFieldType, P extends Presence = Presence> {
  readonly type: T;
  readonly presence: P;
  readonly default?: unknown;
}
type Presence = 'required' | 'defaulted' | 'optional';

const text = { kind: 'text' } as const;
const int = { kind: 'int' } as const;
const float = { kind: 'float' } as const;
const bool = { kind: 'bool' } as const;
const oneOf = <const W extends readonly string[]>(...words: W) => ({ kind: 'enum', words }) as const;
const struct = <const N extends string>(name: N) => ({ kind: 'struct', name }) as const;
const choice = <const N extends readonly string[]>(...names: N) => ({ kind: 'choice', names }) as const;
const list = <const T extends SchemaFieldType>(of: T) => ({ kind: 'list', of }) as const;
const map = <const T extends SchemaFieldType>(of: T) => ({ kind: 'map', of }) as const;

const required = <const T extends SchemaFieldType>(type: T): SchemaField<T, 'required'> => ({
  type,
  presence: 'required',
});
const optional = <const T extends SchemaFieldType>(type: T): SchemaField<T, 'optional'> => ({
  type,
  presence: 'optional',
});
const defaulted = <const T extends SchemaFieldType>(
  type: T,
  value: unknown,
): SchemaField<T, 'defaulted'> => ({
  type,
  presence: 'defaulted',
  default: value,
});

/** Every struct of the language. Source: the original's schema (config/schema/base.py and thermos/config/schema_base.py). */
export const STRUCTS = {
  Job: {
    name: defaulted(text, '{{task.name}}'),
    role: required(text),
    cluster: required(text),
    environment: required(text),
    contact: optional(text),
    instances: defaulted(int, 1),
    task: required(struct('Task')),
    announce: optional(struct('Announcer')),
    tier: optional(text),
    cronSchedule: optional(text),
    cronCollisionPolicy: defaulted(
      { ...oneOf('KILL_EXISTING', 'CANCEL_NEW', 'RUN_OVERLAP'), anyCase: true } as const,
      'KILL_EXISTING',
    ),
    cronTimeZone: optional(text),
    cronMissedTickPolicy: optional({ ...oneOf('SKIP', 'RUN_ONCE'), anyCase: true }),
    updateConfig: defaulted(struct('UpdateConfig'), {}),
    constraints: optional(map(text)),
    metadata: defaulted(list(struct('Metadata')), []),
    service: defaulted(bool, false),
    maxTaskFailures: defaulted(int, 1),
    production: defaulted(bool, false),
    priority: defaulted(int, 0),
    healthCheckConfig: defaulted(struct('HealthCheckConfig'), {}),
    lifecycle: defaulted(struct('LifecycleConfig'), { http: {} }),
    taskLinks: optional(map(text)),
    executorConfig: defaulted(struct('ExecutorConfig'), {}),
    enableHooks: defaulted(bool, false),
    partitionPolicy: optional(struct('PartitionPolicy')),
    slaPolicy: optional(choice('CoordinatorSlaPolicy', 'CountSlaPolicy', 'PercentageSlaPolicy')),
    container: optional(choice('Container', 'Docker', 'Mesos')),
  },
  Task: {
    name: defaulted(text, '{{processes[0].name}}'),
    processes: required(list(struct('Process'))),
    constraints: defaulted(list(struct('Constraint')), []),
    resources: required(struct('Resources')),
    maxFailures: defaulted(int, 1),
    maxConcurrency: defaulted(int, 0),
    finalizationWait: defaulted(int, 30),
    user: optional(text),
  },
  Process: {
    name: required(text),
    cmdline: required(text),
    resources: optional(struct('Resources')),
    maxFailures: defaulted(int, 1),
    daemon: defaulted(bool, false),
    ephemeral: defaulted(bool, false),
    minDuration: defaulted(int, 5),
    final: defaulted(bool, false),
    logger: optional(struct('Logger')),
  },
  Logger: {
    destination: defaulted(oneOf('file', 'console', 'both', 'none'), 'file'),
    mode: defaulted(oneOf('standard', 'rotate'), 'standard'),
    rotate: optional(struct('RotatePolicy')),
  },
  RotatePolicy: {
    logSize: defaulted(int, 104_857_600),
    backups: defaulted(int, 5),
  },
  Resources: {
    cpu: required(float),
    ram: required(int),
    disk: required(int),
    gpu: defaulted(int, 0),
  },
  Constraint: { order: required(list(text)) },
  UpdateConfig: {
    batchSize: defaulted(int, 1),
    watchSecs: defaulted(int, 45),
    maxPerShardFailures: defaulted(int, 0),
    maxTotalFailures: defaulted(int, 0),
    rollbackOnFailure: defaulted(bool, true),
    waitForBatchCompletion: defaulted(bool, false),
    pulseIntervalSecs: optional(int),
    startTimeoutSecs: optional(int),
    slaAware: defaulted(bool, false),
    updateStrategy: optional(
      choice('QueueUpdateStrategy', 'BatchUpdateStrategy', 'VariableBatchUpdateStrategy'),
    ),
  },
  QueueUpdateStrategy: { batchSize: defaulted(int, 1) },
  BatchUpdateStrategy: { batchSize: defaulted(int, 1), autopauseAfterBatch: defaulted(bool, false) },
  VariableBatchUpdateStrategy: {
    batchSizes: required(list(int)),
    autopauseAfterBatch: defaulted(bool, false),
  },
  HealthCheckConfig: {
    healthChecker: defaulted(struct('HealthCheckerConfig'), { http: {} }),
    initialIntervalSecs: defaulted(float, 15),
    intervalSecs: defaulted(float, 10),
    maxConsecutiveFailures: defaulted(int, 0),
    minConsecutiveSuccesses: defaulted(int, 1),
    timeoutSecs: defaulted(float, 1),
  },
  HealthCheckerConfig: {
    http: optional(struct('HttpHealthChecker')),
    shell: optional(struct('ShellHealthChecker')),
  },
  HttpHealthChecker: {
    endpoint: defaulted(text, '/health'),
    expectedResponse: defaulted(text, 'ok'),
    expectedResponseCode: defaulted(int, 0),
  },
  ShellHealthChecker: { shellCommand: required(text) },
  LifecycleConfig: { http: optional(struct('HttpLifecycleConfig')) },
  HttpLifecycleConfig: {
    port: defaulted(text, 'health'),
    gracefulShutdownEndpoint: defaulted(text, '/quitquitquit'),
    shutdownEndpoint: defaulted(text, '/abortabortabort'),
    gracefulShutdownWaitSecs: defaulted(int, 5),
    shutdownWaitSecs: defaulted(int, 5),
  },
  Announcer: {
    primaryPort: defaulted(text, 'http'),
    portmap: defaulted(map(text), { aurora: '{{primary_port}}' }),
    zkPath: optional(text),
  },
  Docker: { image: required(text), parameters: defaulted(list(struct('Parameter')), []) },
  Parameter: { name: required(text), value: required(text) },
  Container: { docker: required(struct('Docker')) },
  Mesos: {
    image: optional(choice('AppcImage', 'DockerImage')),
    volumes: defaulted(list(struct('Volume')), []),
  },
  AppcImage: { name: required(text), imageId: required(text) },
  DockerImage: { name: required(text), tag: required(text) },
  Volume: { containerPath: required(text), hostPath: required(text), mode: required(oneOf('RO', 'RW')) },
  PercentageSlaPolicy: { percentage: required(float), durationSecs: required(int) },
  CountSlaPolicy: { count: required(int), durationSecs: required(int) },
  CoordinatorSlaPolicy: { coordinatorUrl: required(text), statusKey: defaulted(text, 'drain') },
  PartitionPolicy: { reschedule: defaulted(bool, true), delaySecs: defaulted(int, 0) },
  Metadata: { key: required(text), value: required(text) },
  ExecutorConfig: { name: defaulted(text, 'AuroraExecutor'), data: defaulted(text, '') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, SchemaField>>>>;

/** Name of a struct of the language. */
export type SchemaStructName = keyof typeof STRUCTS;

type Out<T> = T extends { kind: 'text' }
  ? string
  : T extends { kind: 'int' | 'float' }
    ? number
    : T extends { kind: 'bool' }
      ? boolean
      : T extends { kind: 'enum'; anyCase: true }
        ? string
        : T extends { kind: 'enum'; words: readonly (infer W)[] }
          ? W
          : T extends { kind: 'struct'; name: infer N extends SchemaStructName }
            ? ResolvedStruct<N>
            : T extends { kind: 'choice'; names: readonly (infer N extends SchemaStructName)[] }
              ? { [K in N]: { readonly struct: K; readonly value: ResolvedStruct<K> } }[N]
              : T extends { kind: 'list'; of: infer E }
                ? readonly Out<E>[]
                : T extends { kind: 'map'; of: infer E }
                  ? Readonly<Record<string, Out<E>>>
                  : never;
type Table<N extends SchemaStructName> = (typeof STRUCTS)[N];
type OptionalKeys<N extends SchemaStructName> = {
  [K in keyof Table<N>]: Table<N>[K] extends { presence: 'optional' } ? K : never;
}[keyof Table<N>];

/** A struct with its templates filled in and all values converted: defaults are present, unset fields absent. */
export type ResolvedStruct<N extends SchemaStructName> = {
  readonly [K in Exclude<keyof Table<N>, OptionalKeys<N>>]: Table<N>[K] extends SchemaField<infer T>
    ? Out<T>
    : never;
} & {
  readonly [K in OptionalKeys<N>]?: Table<N>[K] extends SchemaField<infer T> ? Out<T> : never;
};
