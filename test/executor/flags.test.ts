import { parseFlags } from '../../src/executor/flags.ts';
import { assert, suite } from '../harness/index.ts';

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
