/** What the original runner was recorded doing with whole tasks, done again by ours: real processes, side by side. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from '../../src/base/log.ts';
import { silentLogger } from '../../src/base/log.ts';
import { assert, count, suite } from '../harness/index.ts';
import { realTask } from './running-task.ts';

interface Scenario {
  readonly id: string;
  readonly task: { readonly processes: readonly { readonly name: string }[] };
  readonly runner: {
    readonly task_id: string;
    readonly flags: readonly string[];
    readonly ports: Readonly<Record<string, number>>;
    readonly env: Readonly<Record<string, string>>;
  };
  readonly inputs: readonly { readonly t: number; readonly do: string }[];
  readonly outcome: {
    readonly task_state: string | null;
    readonly task_states: readonly { readonly t: number }[];
    readonly processes: Readonly<Record<string, { readonly runs: number; readonly final_state: string }>>;
  };
  readonly timing_dependent?: readonly string[];
  readonly logs: readonly { readonly path: string; readonly text?: string }[];
}

/** Recordings that ours is not meant to repeat, each with the reason. */
const NOT_REPEATED: Readonly<Record<string, string>> = {
  'launch-error': 'the original gives up without a verdict; here it is a failed run',
  'name-percent': 'the original gives up; any name that can be a directory works here',
  'log-rotate-one-write': 'rotation does not cut lines here',
  'duplicate-names': 'two processes of one name are refused',
  'name-unicode': 'the original gives up without a UTF-8 locale',
  'ephemeral-alone': 'the original leaves the process behind; it is not started here',
  'ephemeral-others': 'SIGTERM reaches the whole tree here, of which bash tells',
  'log-huge-output': 'SIGPIPE is not ignored here',
  'log-piped-background': 'a background child ends with its shell here, however output is logged',
  'session-ids': 'there is no coordinator here: the shell leads the session; no signal is ignored',
  'session-ids-piped': 'as session-ids',
  'stdin-pipe': 'about standard input of the runner, which is the test program here',
  'fds-inherited': 'about files of the runner, which is the test program here; see executor.test.ts',
};

/** Files that stood in the sandbox before. */
const FILES_BEFORE: Readonly<Record<string, string>> = {
  'log-existing': '.logs/p/0/stdout',
  'log-existing-rotate': '.logs/p/0/stdout',
};

/** How long a recording may be to be repeated here. */
const LONGEST_SECONDS = 7.5;
const AT_ONCE = 10;
const FOLDER = 'test/golden/thermos/scenarios';

const FLAGS: Readonly<Record<string, string>> = {
  '--process_logger_destination': '--runner-logger-destination',
  '--process_logger_mode': '--runner-logger-mode',
  '--rotate_log_size_mb': '--runner-rotate-log-size-mb',
  '--rotate_log_backups': '--runner-rotate-log-backups',
  '--preserve_env': '--preserve_env',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  KILLED: 'lost',
  LOST: 'lost',
};

const scenarios = readdirSync(FOLDER)
  .map((name) => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Scenario)
  .filter(
    ({ id, inputs, outcome }) =>
      inputs.length === 1 &&
      outcome.task_states.length > 0 &&
      (outcome.task_states.at(-1)?.t ?? 0) < LONGEST_SECONDS &&
      NOT_REPEATED[id] === undefined,
  );

/** Counts runs and keeps the last outcome of each process, as the runner tells its log. */
function recorder() {
  const runs: Record<string, number> = {};
  const outcomes: Record<string, string | undefined> = {};
  const log: Logger = {
    ...silentLogger,
    info(fields, text) {
      const { process, run } = fields as { process?: string; run?: number };
      if (process === undefined || run === undefined) return;
      runs[process] = run + 1;
      if (text !== 'started') outcomes[process] = text.split(':')[0];
    },
  };
  return { runs, outcomes, log };
}

/** Without what differs every time: the directory, and the process numbers that bash mentions. */
const shown = (text: string, sandbox: string): string =>
  text.replaceAll(sandbox, '$SANDBOX').replace(/(?<=line \d+:) +(\d+|\$PID)/g, ' PID');

async function repeat(golden: Scenario): Promise<string[]> {
  const { task, runner, outcome, logs, timing_dependent: loose = [] } = golden;
  const user = runner.flags.find((flag) => flag.startsWith('--setuid='))?.split('=')[1];
  const flags = runner.flags
    .filter((flag) => !flag.startsWith('--setuid='))
    .map((flag) => {
      const [name = '', value] = flag.split('=');
      return value === undefined ? (FLAGS[name] as string) : `${FLAGS[name]}=${value}`;
    });
  const { runs, outcomes, log } = recorder();
  const running = realTask(task, {
    env: runner.env,
    ports: runner.ports,
    taskId: runner.task_id,
    flags: user ? flags : ['--nosetuid', ...flags],
    log,
    ...(user ? { role: user } : {}),
  });
  const problems: string[] = [];
  const same = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected)
      problems.push(`${golden.id}: ${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  };
  const before = FILES_BEFORE[golden.id];
  if (before !== undefined) running.write(before, 'old\n');
  try {
    running.runner.start();
    same('verdict', (await running.ended).verdict, outcome.task_state);
    for (const [name, expected] of Object.entries(outcome.processes)) {
      if (loose.includes(`processes.${name}`)) continue;
      same(`runs of ${name}`, runs[name], expected.runs);
      const end = OUTCOMES[expected.final_state];
      if (end !== undefined) same(`end of ${name}`, outcomes[name], end);
    }
    if (loose.includes('logs')) return problems;
    for (const { path, text } of logs)
      if (text !== undefined)
        same(path, shown(running.file(path), running.sandbox), shown(text, running.sandbox));
    return problems;
  } finally {
    running.remove();
  }
}

const test = suite('executor scenarios');

test('tasks end as they did with the original: verdict, runs, outcomes, output', async () => {
  const queue = [...scenarios];
  const problems: string[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) problems.push(...(await repeat(next)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  assert.equal(problems, []);
  count('golden/thermos scenarios', scenarios.length);
}, 120_000);

test.run();
