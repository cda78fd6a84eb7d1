import { EXECUTOR_FLAG_HELP, parseFlags } from '../../src/executor/flags.ts';
import { assert, suite } from '../harness/index.ts';

type Flags = ReturnType<typeof parseFlags>;

const test = suite('executor flags');

test('without flags everything is as the original has it', () => {
  assert.equal(parseFlags([]), {
    nosetuid: false,
    nosetuidHealthChecks: false,
    executeAsUser: undefined,
    preserveEnv: false,
    stopTimeoutMs: 120_000,
    logger: { destination: 'file', mode: 'standard', rotateBytes: 100 * 2 ** 20, backups: 5 },
    announcer: {
      ensemble: undefined,
      path: '/aurora',
      allowCustomPath: false,
      hostname: undefined,
      authFile: undefined,
      whenStarting: false,
    },
    image: {
      containerizer: '/usr/libexec/mesos/mesos-containerizer',
      createUser: true,
      mountPoint: '/mnt/mesos/sandbox',
    },
  });
});

/**
 * Every flag of the original's executor (its thermos_executor_main) with a value, and what it changes here. Those that
 * its executor hands on to the runner are among them; a runner with flags of its own does not exist here.
 */
const ORIGINAL: readonly (readonly [
  flag: string,
  value: string | undefined,
  changed: (flags: Flags) => boolean,
])[] = [
  ['announcer-ensemble', 'zk:2181/x', (f) => f.announcer.ensemble === 'zk:2181/x'],
  ['announcer-serverset-path', '/sets', (f) => f.announcer.path === '/sets'],
  ['announcer-allow-custom-serverset-path', undefined, (f) => f.announcer.allowCustomPath],
  ['announcer-hostname', 'h.example', (f) => f.announcer.hostname === 'h.example'],
  ['announcer-zookeeper-auth-config', '/etc/auth.json', (f) => f.announcer.authFile === '/etc/auth.json'],
  ['mesos-containerizer-path', '/opt/mc', (f) => f.image.containerizer === '/opt/mc'],
  ['no-create-user', undefined, (f) => !f.image.createUser],
  ['sandbox-mount-point', '/box', (f) => f.image.mountPoint === '/box'],
  ['execute-as-user', 'www', (f) => f.executeAsUser === 'www'],
  ['nosetuid', undefined, (f) => f.nosetuid],
  ['nosetuid-health-checks', undefined, (f) => f.nosetuidHealthChecks],
  ['runner-logger-destination', 'both', (f) => f.logger.destination === 'both'],
  ['runner-logger-mode', 'rotate', (f) => f.logger.mode === 'rotate'],
  ['runner-rotate-log-size-mb', '7', (f) => f.logger.rotateBytes === 7 * 2 ** 20],
  ['runner-rotate-log-backups', '9', (f) => f.logger.backups === 9],
  ['preserve_env', undefined, (f) => f.preserveEnv],
  ['stop_timeout_in_secs', '33', (f) => f.stopTimeoutMs === 33_000],
];

test("every flag of the original's executor is there, changes what it should, and is in the help", () => {
  const helped = EXECUTOR_FLAG_HELP.map(([flag]) => flag.replace(/^--|=\.\.\.$/g, ''));
  for (const [flag, value, changed] of ORIGINAL) {
    assert.not.ok(changed(parseFlags([])), `${flag} is off by itself`);
    const forms = value === undefined ? [[`--${flag}`]] : [[`--${flag}=${value}`], [`--${flag}`, value]];
    for (const argv of forms) assert.ok(changed(parseFlags(argv)), argv.join(' '));
    assert.ok(helped.includes(flag), flag);
    const misspelt = `${flag.slice(0, -2)}${flag.slice(-1)}`;
    assert.throws(
      () => parseFlags([`--${misspelt}`]),
      new RegExp(`no flag --${misspelt}; did you mean --${flag}\\?`),
    );
  }
  const ours = helped.filter((flag) => !ORIGINAL.some(([name]) => name === flag));
  assert.equal(ours, ['announce-when-starting']);
});

test("flags of the original's runner lead to those of the executor", () => {
  for (const [flag, nearest] of [
    ['rotate_log_size_mb', 'runner-rotate-log-size-mb'],
    ['rotate_log_backups', 'runner-rotate-log-backups'],
    ['process_logger_mode', 'runner-logger-mode'],
    ['process_logger_destination', 'runner-logger-destination'],
    ['mesos_containerizer_path', 'mesos-containerizer-path'],
    ['setuid', 'nosetuid'],
  ] as const)
    assert.throws(() => parseFlags([`--${flag}=1`]), new RegExp(`did you mean --${nearest}\\?`), flag);
});

test('values stand behind an equals sign or a blank', () => {
  const flags = parseFlags([
    '--runner-logger-mode=rotate',
    '--runner-rotate-log-size-mb',
    '3',
    '--runner-rotate-log-backups=2',
    '--execute-as-user',
    'www-data',
    '--preserve_env',
    '--stop_timeout_in_secs=7',
  ]);
  assert.equal(flags.logger, { destination: 'file', mode: 'rotate', rotateBytes: 3 * 2 ** 20, backups: 2 });
  assert.equal([flags.executeAsUser, flags.preserveEnv, flags.stopTimeoutMs], ['www-data', true, 7_000]);
});

test('refuses what it does not know, and says what it knows', () => {
  for (const [argv, text] of [
    [['--anouncer-ensemble=zk:2181'], /no flag --anouncer-ensemble; did you mean --announcer-ensemble/],
    [['--stop-timeout-in-secs=3'], /did you mean --stop_timeout_in_secs/],
    [['--xyzzy'], /known flags are announcer-ensemble/],
    [['--nosetuid=true'], /takes no value/],
    [['--announcer-hostname', '--nosetuid'], /--announcer-hostname needs a value/],
    [['stray'], /stray/],
    [['--runner-logger-destination=syslog'], /one of file, console, both, none, got "syslog"/],
    [['--runner-rotate-log-backups=0'], /at least 1, got "0"/],
    [['--stop_timeout_in_secs'], /stop_timeout_in_secs/],
  ] as const)
    assert.throws(() => parseFlags(argv), text);
});

test("flags of the original's framework are taken and change nothing", () => {
  const argv = ['--log_to_stderr=DEBUG', '--log_dir', '/var/log', '--app_debug', '--preserve_env'];
  assert.is(parseFlags(argv).preserveEnv, true);
});

test.run();
