/** What the configuration language must refuse, and what it must let through. Checked by the compiler; never run. */
import {
  Announcer,
  AppcImage,
  BatchUpdateStrategy,
  type Changes,
  Constraint,
  Container,
  CoordinatorSlaPolicy,
  CountSlaPolicy,
  combineTasks,
  concatTasks,
  cron,
  Docker,
  DockerImage,
  dedicated,
  ExecutorConfig,
  environment,
  float,
  GB,
  HealthCheckConfig,
  HttpHealthChecker,
  instance,
  Job,
  type JobFields,
  javaOptions,
  LifecycleConfig,
  Logger,
  limit,
  MB,
  Mesos,
  Metadata,
  mins,
  not,
  oneOf,
  order,
  Parameter,
  PartitionPolicy,
  PercentageSlaPolicy,
  Process,
  Profile,
  parameters,
  port,
  QueueUpdateStrategy,
  Resources,
  RotatePolicy,
  refer,
  SequentialTask,
  Service,
  ShellHealthChecker,
  SimpleTask,
  Task,
  UpdateConfig,
  VariableBatchUpdateStrategy,
  Volume,
} from '../../src/dsl/index.ts';

/** Templates: what is missing is added by `with`, and references stand where values do. */
const unfinished = Service({ cluster: 'c', role: 'r', environment: 'test' });
const finished: Job = unfinished.bind({ version: '1' }).with({ task: SimpleTask('p', 'true') });
finished.with({ name: 'other' });
Job({ name: '{{who}}' }).with({
  cluster: 'c',
  role: 'r',
  environment: 'test',
  task: SimpleTask('p', 'true'),
});
interface Settings {
  readonly shards: number;
  readonly attribute: string;
}
const settings = refer<Settings>('settings');
unfinished.with({
  instances: settings.shards,
  name: `web-${settings.shards}`,
  constraints: { [`${settings.attribute}`]: limit(1) },
});
const optional = Profile<{ version: string; channel: string | undefined }>({
  version: '1',
  channel: undefined,
});
optional.with({ channel: 'beta' });

const process = Process({ name: 'p', cmdline: 'true' });
const resources = Resources({ cpu: 1, ram: 1 * GB, disk: 1 * GB });
const task = Task({ processes: [process], resources });
const job = Job({ cluster: 'c', role: 'r', environment: 'test', task });

// Required fields.
// @ts-expect-error a process has a name
Process({ cmdline: 'true' });
// @ts-expect-error a process has a command line
Process({ name: 'p' });
// @ts-expect-error resources have a disk
Resources({ cpu: 1, ram: 1 });
// @ts-expect-error resources have memory
Resources({ cpu: 1, disk: 1 });
// @ts-expect-error resources have cores
Resources({ ram: 1, disk: 1 });
// @ts-expect-error a task has resources
Task({ processes: [process] });
// @ts-expect-error a task has processes
Task({ resources });
// @ts-expect-error a job has a cluster
Job({ role: 'r', environment: 'test', task }) satisfies Job;
// @ts-expect-error a job has a role
Job({ cluster: 'c', environment: 'test', task }) satisfies Job;
// @ts-expect-error a job has an environment
Job({ cluster: 'c', role: 'r', task }) satisfies Job;
// @ts-expect-error a job has a task
Service({ cluster: 'c', role: 'r', environment: 'test' }) satisfies Job;
// @ts-expect-error an order has names
Constraint({});
// @ts-expect-error a Docker container has an image
Docker({});
// @ts-expect-error a wrapper wraps something
Container({});
// @ts-expect-error a parameter has a value
Parameter({ name: 'env' });
// @ts-expect-error a volume has a mode
Volume({ containerPath: '/a', hostPath: '/b' });
// @ts-expect-error an image has a tag
DockerImage({ name: 'a' });
// @ts-expect-error an AppC image has an id
AppcImage({ name: 'a' });
// @ts-expect-error metadata have a value
Metadata({ key: 'k' });
// @ts-expect-error a count policy has a duration
CountSlaPolicy({ count: 3 });
// @ts-expect-error a percentage policy has a percentage
PercentageSlaPolicy({ durationSecs: 1 });
// @ts-expect-error a coordinator has an address
CoordinatorSlaPolicy({});
// @ts-expect-error variable batches have sizes
VariableBatchUpdateStrategy({});
// @ts-expect-error a shell check has a command
ShellHealthChecker({});

// Names of fields.
// @ts-expect-error the original's spelling
Process({ name: 'p', cmdline: 'true', max_failures: 3 });
// @ts-expect-error a typing mistake
Job({ cluster: 'c', role: 'r', enviroment: 'test', task });
// @ts-expect-error a typing mistake deep inside
Job({ cluster: 'c', role: 'r', environment: 'test', task, updateConfig: { batchsize: 3 } });
Job({
  cluster: 'c',
  role: 'r',
  environment: 'test',
  // @ts-expect-error a typing mistake in a process of a plain task
  task: { processes: [{ nam: 'p', cmdline: '' }], resources },
});
// @ts-expect-error a field of a removed version
HealthCheckConfig({ endpoint: '/health' });
// @ts-expect-error a field of a removed version
UpdateConfig({ restartThreshold: 60 });
// @ts-expect-error a wrong field, read
job.enviroment;
// @ts-expect-error a wrong field in a change
job.with({ instance: 3 });
// @ts-expect-error a wrong field deep in a change
job.with({ task: { resources: { cpus: 3 } } });
// @ts-expect-error a sequential task makes its own order
SequentialTask({ processes: [process], resources, constraints: order('a', 'b') });

// Types of fields.
// @ts-expect-error a word is no number
job.with({ instances: 'several' });
// @ts-expect-error units are multiplied with
Resources({ cpu: 1, ram: '64MB', disk: 1 });
// @ts-expect-error a word is no truth value
job.with({ service: 'yes' });
// @ts-expect-error a number is no truth value
Process({ name: 'p', cmdline: 'true', daemon: 1 });
// @ts-expect-error a number is no text
Process({ name: 5, cmdline: 'true' });
// @ts-expect-error null is nothing
job.with({ contact: null });
// @ts-expect-error one process is no list
Task({ processes: process, resources });
// @ts-expect-error an order is not a list of lists
Constraint({ order: [['a', 'b']] });
// @ts-expect-error a list is no portmap
Announcer({ portmap: ['http'] });
// @ts-expect-error ports are names or numbers
Announcer({ portmap: { http: true } });
// @ts-expect-error metadata are a list
job.with({ metadata: { team: 'a' } });
// @ts-expect-error constraints are text
job.with({ constraints: { host: 1 } });
// @ts-expect-error one size is no list
VariableBatchUpdateStrategy({ batchSizes: 3 });
// @ts-expect-error options hold values, not lists
javaOptions({ a: ['b'] });

// Words.
// @ts-expect-error not a stage that schedulers accept
job.with({ environment: 'production' });
// @ts-expect-error staging is followed by a number
job.with({ environment: 'staging-eu' });
// @ts-expect-error no such policy
job.with({ cronCollisionPolicy: 'QUEUE' });
// @ts-expect-error capital letters
Volume({ containerPath: '/a', hostPath: '/b', mode: 'rw' });
// @ts-expect-error no such destination
Logger({ destination: 'syslog' });
// @ts-expect-error no such mode
Logger({ mode: 'rolling' });
// @ts-expect-error four fields only
cron('0 3 * *');
// @ts-expect-error not a schedule
cron('daily');

// Values of the wrong kind.
// @ts-expect-error a process is no task
job.with({ task: process });
// @ts-expect-error a task is no process
Task({ processes: [task], resources });
// @ts-expect-error resources are no policy
job.with({ slaPolicy: resources });
// @ts-expect-error a policy is made by its builder
job.with({ slaPolicy: { count: 3, durationSecs: 60 } });
// @ts-expect-error a container is made by its builder
job.with({ container: { image: 'a' } });
// @ts-expect-error an image is no container
job.with({ container: DockerImage({ name: 'a', tag: 'b' }) });
// @ts-expect-error a strategy of another kind
UpdateConfig({ updateStrategy: PartitionPolicy() });
// @ts-expect-error a lifecycle is no health check
job.with({ healthCheckConfig: LifecycleConfig() });
// @ts-expect-error an image of Mesos is made by its builder
Mesos({ image: { name: 'a', tag: 'b' } });
// @ts-expect-error orders are of processes
order(task);
// @ts-expect-error tasks come as a list
combineTasks(task, task);
// @ts-expect-error only tasks can be joined
concatTasks([process]);

// Values cannot be changed.
// @ts-expect-error fields are read-only
job.name = 'x';
// @ts-expect-error lists are read-only
task.processes.push(process);
// @ts-expect-error bindings are read-only values
job.bind({ a: null });
// @ts-expect-error functions are no values
job.bind({ a: () => 'b' });

// References and parameters.
const profile = refer<{ readonly version: string; readonly limits: { readonly files: number } }>('profile');
// @ts-expect-error the profile has no such field
profile.versoin;
// @ts-expect-error nor deep inside
profile.limits.file;
// @ts-expect-error a port has a name
port();
const given = parameters({ build: String, shards: 3, canary: false });
// @ts-expect-error a parameter that was not declared
given.bulid;
// @ts-expect-error a number, because its default is one
const text: string = given.shards;
// @ts-expect-error a parameter is text, number or truth value
parameters({ build: ['a'] });
// @ts-expect-error a limit is a number
limit('1');
// @ts-expect-error at least one value
oneOf();
// @ts-expect-error at least one value
not();
// @ts-expect-error a group of a role
dedicated();

// All of this is fine.
const changes: Changes<JobFields> = { instances: '{{n}}', task: { resources: { cpu: profile.version } } };
job
  .with(changes)
  .with({
    name: undefined,
    environment: 'staging7',
    constraints: { host: limit(1), dedicated: dedicated('a', 'b') },
  })
  .with({ environment: environment('pre-prod') })
  .with({
    environment: '{{stage}}',
    task: SimpleTask('a', `run ${port('http')} ${instance} ${profile.version}`),
  })
  .bind({ a: 1, b: { c: true }, d: ['x'], e: new Map([['k', 'v']]), f: float(1), g: Profile({ h: 'i' }) })
  .bind({ a: 2 }, { b: 3 });
job.task.with({ name: 'other' }).processes[0]?.with({ daemon: true });
Service({
  cluster: 'c',
  role: 'r',
  environment: 'devel',
  cronSchedule: cron('0 3 * * *'),
  task: {
    processes: [{ name: 'p', cmdline: 'true', logger: { rotate: RotatePolicy({ logSize: 5 * MB }) } }],
    resources,
  },
  updateConfig: { updateStrategy: QueueUpdateStrategy({ batchSize: '{{b}}' }) },
  healthCheckConfig: { healthChecker: { http: HttpHealthChecker({ endpoint: '/ok' }) }, intervalSecs: 2.5 },
  executorConfig: ExecutorConfig({ name: 'other', data: '' }),
  slaPolicy: CountSlaPolicy({ count: 3, durationSecs: mins(5) }),
});
UpdateConfig({ updateStrategy: BatchUpdateStrategy({ batchSize: 2, autopauseAfterBatch: '{{pause}}' }) });
export const strings: readonly string[] = [given.build, text, String(given.canary)];
