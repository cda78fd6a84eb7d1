import { AuroraError } from '../../../src/base/errors.ts';
import { MISSING_FLAGS, UNUSED_FLAGS } from '../../../src/scheduler/flags/original.ts';
import { defaultSchedulerOptions, parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { SCHEDULER_FLAGS } from '../../../src/scheduler/flags/table.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('scheduler flags');

function failure(argv: string[]): AuroraError {
  try {
    parseSchedulerFlags(argv);
  } catch (error) {
    assert.instance(error, AuroraError);
    return error as AuroraError;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
}

test('without flags every option has its default', () => {
  const options = parseSchedulerFlags([]);
  assert.equal(options, defaultSchedulerOptions());
  assert.is(options.httpPort, 8081);
  assert.is(options.minOfferHoldTimeMs, 300_000);
  assert.is(options.thermosExecutorRamBytes, 128 * 2 ** 20);
  assert.is(options.mesosMaster, undefined);
});

test('original names, dashes, two dashes and separate values all name the same flag', () => {
  const forms = [
    ['-mesos_master_address=h:5050'],
    ['-mesos_master_address', 'h:5050'],
    ['--mesos-master=h:5050'],
    ['--mesos-master', 'h:5050'],
    ['--mesos_master_address=h:5050'],
  ];
  for (const argv of forms) assert.is(parseSchedulerFlags(argv).mesosMaster, 'h:5050', argv.join(' '));
});

test('units, lists, regular expressions and booleans are read', () => {
  const options = parseSchedulerFlags([
    '-offer_filter_duration=1.5secs',
    '-thermos_executor_ram=64MB',
    '-offer_order=CPU,MEMORY',
    '-allowed_job_environments=^(prod|x=y)$',
    '-partition_aware',
    '-hold_offers_forever=true',
    '-enable_revocable_cpus',
    'false',
    '-thermos_executor_flags=--a=b --c',
  ]);
  assert.is(options.offerFilterDurationMs, 1500);
  assert.is(options.thermosExecutorRamBytes, 64 * 2 ** 20);
  assert.equal(options.offerOrder, ['CPU', 'MEMORY']);
  assert.ok(options.allowedJobEnvironments.test('x=y'));
  assert.is(options.partitionAware, true);
  assert.is(options.holdOffersForever, true);
  assert.is(options.enableRevocableCpus, false);
  assert.is(options.thermosExecutorFlags, '--a=b --c');
});

test('the last of several wins', () => {
  assert.is(parseSchedulerFlags(['-http_port=1', '--http-port=2']).httpPort, 2);
});

test('an unknown flag names the nearest one', () => {
  const error = failure(['-htpt_port=1']);
  assert.is(error.code, 'USAGE');
  assert.is(error.message, 'unknown flag -htpt_port; did you mean -http_port?');
  assert.match(failure(['--qqqqqqqq']).message, /unknown flag --qqqqqqqq; see/);
});

test('bad values name the flag and what it takes', () => {
  assert.match(failure(['-http_port=eighty']).message, /flag -http_port: "eighty" is not a whole number/);
  assert.match(failure(['-http_port=-1']).message, /flag -http_port: "-1" is too small/);
  assert.match(failure(['-http_port=65536']).message, /flag -http_port: "65536" is too large/);
  assert.match(
    failure(['-offer_filter_duration=5']).message,
    /flag -offer_filter_duration: "5" is not a duration/,
  );
  assert.match(failure(['-partition_aware=yes']).message, /neither true nor false/);
  assert.match(failure(['-first_schedule_delay=0ms']).message, /too small/);
  assert.match(failure(['-cluster_name']).message, /flag -cluster_name needs a value/);
  assert.match(failure(['-allowed_job_environments=(']).message, /flag -allowed_job_environments/);
  assert.match(failure(['stray']).message, /unexpected argument "stray"/);
});

test('flags of the original without effect are kept for the log, not refused', () => {
  const options = parseSchedulerFlags([
    '-native_log_quorum_size=2',
    '-max_leading_duration',
    '2days',
    '-http_port=5',
  ]);
  assert.is(options.httpPort, 5);
  assert.is(options.ignoredFlags?.length, 2);
  assert.match(options.ignoredFlags?.[0] ?? '', /-native_log_quorum_size has no effect/);
  assert.match(options.ignoredFlags?.[1] ?? '', /-max_leading_duration .* leads until it is stopped/);
});

test('a flag of the original for something that is missing is refused as such', () => {
  assert.match(
    failure(['-shiro_after_auth_filter=com.example.Filter']).message,
    /-shiro_after_auth_filter is not/,
  );
  assert.match(failure(['-zk_in_proc']).message, /-zk_in_proc is not supported by this version/);
  assert.match(failure(['-http_offer_set_max_retries=x']).message, /is not supported by this version/);
});

test('such a flag with the value that it has anyway asks for nothing', () => {
  const { ignoredFlags } = parseSchedulerFlags([
    '-http_offer_set_timeout_ms=100',
    '-kerberos_debug=false',
    '-zk_in_proc=false',
    '-cron_start_max_backoff=60secs',
    '-http_offer_set_max_retries',
    '10',
  ]);
  assert.is(ignoredFlags?.length, 5);
  assert.match(ignoredFlags?.[0] ?? '', /-http_offer_set_timeout_ms has no effect: what it sets does not/);
});

test('a value that is none of those known names the nearest one', () => {
  assert.match(
    failure(['-offer_order=CPU,MEMROY']).message,
    /flag -offer_order: "MEMROY" is not known, did you mean MEMORY\?/,
  );
  assert.match(failure(['-allowed_container_types=docker']).message, /did you mean DOCKER\?/);
  assert.match(failure(['-offer_order=x']).message, /it is one of CPU, MEMORY, DISK, REVOCABLE_CPU, RANDOM/);
});

test('no name stands for two flags', () => {
  const names = Object.values(SCHEDULER_FLAGS).flatMap((flag) => [
    flag.name as string,
    ...('aliases' in flag ? (flag.aliases as readonly string[]) : []),
  ]);
  names.push(...Object.keys(UNUSED_FLAGS), ...Object.keys(MISSING_FLAGS));
  assert.is(new Set(names).size, names.length);
});

test('what happens to unknown tasks is one of two things, or not said', () => {
  assert.is(parseSchedulerFlags([]).unknownTasks, undefined);
  assert.is(parseSchedulerFlags(['-unknown_tasks=keep']).unknownTasks, 'keep');
  assert.match(failure(['-unknown_tasks=spare']).message, /"spare" is not known, it is one of kill, keep/);
});

test.run();
