/**
 * The executor's flags in one table, spelled as the original spells them, dashes and underlines included; the scheduler
 * hands them over as it was given them (-thermos_executor_flags).
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
  /** Instead of the agent's host name. */
  readonly hostname: string | undefined;
  /** File with credentials and access lists. */
  readonly authFile: string | undefined;
  /** Announce as soon as the processes are started, as the original does, healthy or not. */
  readonly whenStarting: boolean;
}

export interface ExecutorFlags {
  /** Run everything as the executor's own user; the sandbox then belongs to `executeAsUser`, if to anyone. */
  readonly nosetuid: boolean;
  /** Make health checks as the executor's own user. */
  readonly nosetuidHealthChecks: boolean;
  /** Run as this user instead of the job's role. */
  readonly executeAsUser: string | undefined;
  /** Give processes all of the executor's environment. */
  readonly preserveEnv: boolean;
  /** The longest that processes may take to end when the task is killed, milliseconds. */
  readonly stopTimeoutMs: number;
  /** For processes that have no logger of their own. */
  readonly logger: ProcessLogger;
  readonly announcer: AnnouncerFlags;
  /** For tasks in a filesystem image. */
  readonly image: {
    readonly containerizer: string;
    /** Whether role and group are made in the image when it lacks them. */
    readonly createUser: boolean;
    /** The sandbox as the task sees it. */
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
    help: 'for filesystem images [/usr/libexec/mesos/mesos-containerizer]',
  },
  'no-create-user': { takes: 'nothing', help: 'do not make the role in filesystem images' },
  'sandbox-mount-point': { takes: 'text', help: 'the sandbox in filesystem images [/mnt/mesos/sandbox]' },
  'execute-as-user': { takes: 'text', help: "run as this user instead of the job's role" },
  nosetuid: { takes: 'nothing', help: "run everything as the executor's own user" },
  'nosetuid-health-checks': { takes: 'nothing', help: "make shell health checks as the executor's own user" },
  'runner-logger-destination': {
    takes: ['file', 'console', 'both', 'none'],
    help: 'where output goes [file]',
  },
  'runner-logger-mode': { takes: ['standard', 'rotate'], help: 'how files grow [standard]' },
  'runner-rotate-log-size-mb': { takes: 'count', help: 'MiB of a rotated file [100]' },
  'runner-rotate-log-backups': { takes: 'count', help: 'rotated files that are kept [5]' },
  preserve_env: { takes: 'nothing', help: "give processes all of the executor's environment" },
  stop_timeout_in_secs: { takes: 'count', help: 'the longest that a kill may take [120]' },
} as const satisfies Readonly<Record<string, FlagSpec>>;

type FlagName = keyof typeof FLAGS;

/** Of the original's framework: where it logs and whether it becomes a daemon. They change nothing here. */
const WITHOUT_EFFECT = /^(log_(to_stderr|to_stdout|to_disk|dir|simple)|scribe_\w+|app_\w+)$/;

/** Every flag with what it is for, as help shows it. */
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

/** Values by flag: `--flag=value` and `--flag value` are the same, the last one of a flag counts. */
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

/** @throws AuroraError USAGE for a flag that does not exist, with the nearest one, or has no such value */
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
