/**
 * The executor's flags in one table, spelled exactly as in the original, dashes and underscores included. The scheduler
 * passes them on as it got them (-thermos_executor_flags).
 */
import { DEFAULT_LOGGER, type ProcessLogger } from '../api/thermos/model.ts';
import { closestName } from '../base/closest-name.ts';
import { AuroraError } from '../base/errors.ts';

export interface AnnouncerFlags {
  /** ZooKeeper's connect string; undefined when nothing is announced. */
  readonly ensemble: string | undefined;
  /** Root of all server sets. */
  readonly path: string;
  /** Whether jobs may name a path of their own. */
  readonly allowCustomPath: boolean;
  /** Announced instead of the agent's host name. */
  readonly hostname: string | undefined;
  /** File with credentials and access lists. */
  readonly authFile: string | undefined;
  /** Announce as soon as the processes are started, healthy or not, as the original does. */
  readonly whenStarting: boolean;
}

export interface ExecutorFlags {
  /** Run everything as the executor's own user; the sandbox is then given to `executeAsUser` if that is set. */
  readonly nosetuid: boolean;
  /** Run shell health checks as the executor's own user. */
  readonly nosetuidHealthChecks: boolean;
  /** Run as this user instead of the job's role. */
  readonly executeAsUser: string | undefined;
  /** Give processes the executor's whole environment. */
  readonly preserveEnv: boolean;
  /** The most time that processes get to end when the task is killed. */
  readonly stopTimeoutMs: number;
  /** Used for processes that have no logger of their own. */
  readonly logger: ProcessLogger;
  readonly announcer: AnnouncerFlags;
  /** For tasks in a filesystem image. */
  readonly image: {
    readonly containerizer: string;
    /** Whether the role's user and group are created in an image that lacks them. */
    readonly createUser: boolean;
    /** Path of the sandbox as the task sees it. */
    readonly mountPoint: string;
  };
}

interface FlagSpec {
  /** A switch takes no value. */
  readonly takes: 'nothing' | 'text' | 'count' | readonly string[];
  readonly help: string;
}

const FLAGS = {
  'announcer-ensemble': { takes: 'text', help: 'ZooKeeper servers, host:port,...; turns the announcer on' },
  'announcer-serverset-path': { takes: 'text', help: 'root of the server sets [/aurora]' },
  'announcer-allow-custom-serverset-path': { takes: 'nothing', help: 'jobs may name a path of their own' },
  'announcer-hostname': { takes: 'text', help: "announced instead of the agent's host name" },
  'announcer-zookeeper-auth-config': { takes: 'text', help: 'JSON file with credentials and access lists' },
  'announce-when-starting': {
    takes: 'nothing',
    help: 'announce before the task is RUNNING, as the original does',
  },
  'mesos-containerizer-path': {
    takes: 'text',
    help: 'program for filesystem images [/usr/libexec/mesos/mesos-containerizer]',
  },
  'no-create-user': { takes: 'nothing', help: 'do not create the role in filesystem images' },
  'sandbox-mount-point': {
    takes: 'text',
    help: 'path of the sandbox in filesystem images [/mnt/mesos/sandbox]',
  },
  'execute-as-user': { takes: 'text', help: "run as this user instead of the job's role" },
  nosetuid: { takes: 'nothing', help: "run everything as the executor's own user" },
  'nosetuid-health-checks': { takes: 'nothing', help: "run shell health checks as the executor's own user" },
  'runner-logger-destination': {
    takes: ['file', 'console', 'both', 'none'],
    help: 'where the output of processes goes [file]',
  },
  'runner-logger-mode': {
    takes: ['standard', 'rotate'],
    help: 'whether log files grow or are rotated [standard]',
  },
  'runner-rotate-log-size-mb': { takes: 'count', help: 'MiB after which a log file is rotated [100]' },
  'runner-rotate-log-backups': { takes: 'count', help: 'how many rotated files are kept [5]' },
  preserve_env: { takes: 'nothing', help: "give processes the executor's whole environment" },
  stop_timeout_in_secs: { takes: 'count', help: 'seconds that a kill may take at most [120]' },
} as const satisfies Readonly<Record<string, FlagSpec>>;

type FlagName = keyof typeof FLAGS;

/** Flags of the original's framework (logging, running as a daemon), which are accepted and change nothing here. */
const WITHOUT_EFFECT = /^(log_(to_stderr|to_stdout|to_disk|dir|simple)|scribe_\w+|app_\w+)$/;

/** Every flag with its purpose, as help shows it. */
export const EXECUTOR_FLAG_HELP: readonly (readonly [flag: string, text: string])[] =
  Object.entries<FlagSpec>(FLAGS).map(([name, { takes, help }]) => [
    `--${name}${takes === 'nothing' ? '' : '=...'}`,
    help,
  ]);

const usage = (text: string, next?: string): AuroraError => new AuroraError('USAGE', text, { next });

function unknown(name: string): AuroraError {
  const nearest = closestName(name, Object.keys(FLAGS));
  return usage(
    `the executor has no flag --${name}`,
    nearest ? `did you mean --${nearest}?` : `known flags are ${Object.keys(FLAGS).join(', ')}`,
  );
}

function checked(name: FlagName, value: string): string {
  const { takes }: FlagSpec = FLAGS[name];
  if (takes === 'count' && !(/^\d+$/.test(value) && Number(value) >= 1))
    throw usage(`--${name} needs a whole number of at least 1, got "${value}"`);
  if (typeof takes === 'object' && !takes.includes(value))
    throw usage(`--${name} is one of ${takes.join(', ')}, got "${value}"`);
  return value;
}

/** Values by flag. `--flag=value` and `--flag value` mean the same; when a flag is repeated, the last one counts. */
function read(argv: readonly string[]): ReadonlyMap<FlagName, string> {
  const values = new Map<FlagName, string>();
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    const [, name = '', given] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === '') throw usage(`the executor takes flags only, got "${word}"`);
    if (WITHOUT_EFFECT.test(name)) {
      if (given === undefined && argv[at + 1]?.startsWith('--') === false) at++;
      continue;
    }
    if (!Object.hasOwn(FLAGS, name)) throw unknown(name);
    const flag = name as FlagName;
    if (FLAGS[flag].takes === 'nothing') {
      if (given !== undefined) throw usage(`--${name} takes no value, got "${given}"`);
      values.set(flag, '');
      continue;
    }
    const value = given ?? argv[++at];
    if (value === undefined || (given === undefined && value.startsWith('--')))
      throw usage(`--${name} needs a value`);
    values.set(flag, checked(flag, value));
  }
  return values;
}

/** @throws AuroraError USAGE for an unknown flag, naming the nearest one, or for a value that a flag cannot have */
export function parseFlags(argv: readonly string[]): ExecutorFlags {
  const values = read(argv);
  const count = (name: FlagName, ifAbsent: number) => Number(values.get(name) ?? ifAbsent);
  return {
    nosetuid: values.has('nosetuid'),
    nosetuidHealthChecks: values.has('nosetuid-health-checks'),
    executeAsUser: values.get('execute-as-user'),
    preserveEnv: values.has('preserve_env'),
    stopTimeoutMs: count('stop_timeout_in_secs', 120) * 1000,
    logger: {
      destination: (values.get('runner-logger-destination') ??
        DEFAULT_LOGGER.destination) as ProcessLogger['destination'],
      mode: (values.get('runner-logger-mode') ?? DEFAULT_LOGGER.mode) as ProcessLogger['mode'],
      rotateBytes: count('runner-rotate-log-size-mb', 100) * 2 ** 20,
      backups: count('runner-rotate-log-backups', DEFAULT_LOGGER.backups),
    },
    announcer: {
      ensemble: values.get('announcer-ensemble'),
      path: values.get('announcer-serverset-path') ?? '/aurora',
      allowCustomPath: values.has('announcer-allow-custom-serverset-path'),
      hostname: values.get('announcer-hostname'),
      authFile: values.get('announcer-zookeeper-auth-config'),
      whenStarting: values.has('announce-when-starting'),
    },
    image: {
      containerizer: values.get('mesos-containerizer-path') ?? '/usr/libexec/mesos/mesos-containerizer',
      createUser: !values.has('no-create-user'),
      mountPoint: values.get('sandbox-mount-point') ?? '/mnt/mesos/sandbox',
    },
  };
}
