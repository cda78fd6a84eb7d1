/**
 * What the original runner was recorded doing with whole tasks, done again by ours: real processes, side by side, from
 * the launch to the checkpoint, which is read back by a decoder that shares nothing with the product.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runnerFile } from '../../src/api/checkpoints/index.ts';
import { decodeByChapterFour } from '../api/checkpoints/chapter-four.ts';
import { assert, count, suite } from '../harness/index.ts';
import { DIFFERENT, NO_RUNNER_OF_ITS_OWN, type Other } from './recorded-differences.ts';
import { type RunningTask, realTask } from './running-task.ts';

interface Run {
  readonly states: readonly string[];
  readonly return_code: number | null;
  /** Seconds since the task was ACTIVE. */
  readonly start_t?: number | null;
  readonly stop_t?: number | null;
}

interface TaskJson {
  readonly processes: readonly { readonly name: string; readonly cmdline: string }[];
}

/** The one task that is described in words, because it is long. */
const EXIT_CODES: TaskJson & Record<string, unknown> = {
  name: 'exit-codes',
  max_failures: 0,
  max_concurrency: 16,
  processes: Array.from({ length: 256 }, (_, code) => ({
    name: `x${String(code).padStart(3, '0')}`,
    cmdline: `exit ${code}`,
  })),
};

interface Scenario {
  readonly id: string;
  readonly task: TaskJson | string;
  readonly runner: {
    readonly task_id: string;
    readonly flags: readonly string[];
    readonly ports: Readonly<Record<string, number>>;
    readonly env: Readonly<Record<string, string>>;
  };
  readonly inputs: readonly { readonly t: number; readonly do: string }[];
  readonly outcome: {
    readonly task_state: string | null;
    readonly task_states: readonly { readonly state: string; readonly t: number }[];
    readonly task_file: 'active' | 'finished' | null;
    readonly processes: Readonly<
      Record<
        string,
        { readonly runs: number; readonly final_state: string; readonly history: readonly Run[] }
      >
    >;
    readonly never_ran: readonly string[];
  };
  readonly timing_dependent?: readonly string[];
  readonly logs?: readonly { readonly path: string; readonly text?: string }[] | string;
}

/** Files that stood in the sandbox before. */
const FILES_BEFORE: Readonly<Record<string, string>> = {
  'log-existing': '.logs/p/0/stdout',
  'log-existing-rotate': '.logs/p/0/stdout',
};

const AT_ONCE = 12;
/** A busy machine may take ten times as long as a quiet one. */
const LONGEST_MS = 300_000;
const FOLDER = 'test/golden/thermos/scenarios';

const FLAGS: Readonly<Record<string, string>> = {
  '--process_logger_destination': '--runner-logger-destination',
  '--process_logger_mode': '--runner-logger-mode',
  '--rotate_log_size_mb': '--runner-rotate-log-size-mb',
  '--rotate_log_backups': '--runner-rotate-log-backups',
  '--preserve_env': '--preserve_env',
};

const scenarios = readdirSync(FOLDER).map(
  (name) => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Scenario,
);

/** Without what differs every time: the directory, and the process numbers that bash mentions. */
const shown = (text: string, sandbox: string): string =>
  text.replaceAll(sandbox, '$SANDBOX').replace(/(?<=line \d+:) +(\d+|\$PID)/g, ' PID');

type Status = {
  readonly process: string;
  readonly state: string;
  readonly return_code?: number;
  readonly pid?: number;
  readonly coordinator_pid?: number;
};

interface RecordedRun {
  readonly states: string[];
  code?: number;
  pid?: number;
  coordinator?: number;
}

const ENDS: ReadonlySet<string> = new Set(['SUCCESS', 'FAILED', 'KILLED', 'LOST']);

/** Every run that our checkpoint tells of. */
function recordedRuns(bytes: Uint8Array): {
  task: string[];
  runs: Record<string, RecordedRun[]>;
} {
  const task: string[] = [];
  const runs: Record<string, RecordedRun[]> = {};
  for (const record of decodeByChapterFour(bytes)) {
    if (record.task_status) task.push((record.task_status as { state: string }).state);
    const status = record.process_status as Status | undefined;
    if (!status) continue;
    runs[status.process] ??= [];
    const history = runs[status.process] as RecordedRun[];
    if (status.state === 'WAITING') history.push({ states: [] });
    const run = history.at(-1) as RecordedRun;
    run.states.push(status.state);
    if (status.return_code !== undefined) run.code = status.return_code;
    if (status.pid !== undefined) run.pid = status.pid;
    if (status.coordinator_pid !== undefined) run.coordinator = status.coordinator_pid;
  }
  return { task, runs };
}

/** Resolves at once when it holds, or when the task is over. */
async function reached(holds: () => boolean, over: () => boolean): Promise<void> {
  while (!over() && !holds()) await new Promise((done) => setTimeout(done, 20));
}

/** Where the original was at a time: what had started, ended and been written, and since when. */
function placeOf({ task, outcome }: Scenario, t: number) {
  const started: [string, number][] = [];
  const ended: [string, number][] = [];
  let since = 0;
  for (const [name, { history }] of Object.entries(outcome.processes))
    for (const [run, { start_t, stop_t }] of history.entries()) {
      for (const [list, at] of [
        [started, start_t],
        [ended, stop_t],
      ] as const) {
        // What ended in the same moment ended by what was done.
        if (typeof at !== 'number' || at >= (list === ended ? t - 0.05 : t)) continue;
        list.push([name, run]);
        since = Math.max(since, at);
      }
    }
  const stage = outcome.task_states.findLast((one) => one.t < t);
  const ready = (task as TaskJson).processes.some(
    ({ name, cmdline }) => cmdline.includes('touch up;') && started.some(([one]) => one === name),
  );
  return {
    started,
    ended,
    ready,
    stage: stage?.state,
    stayedMs: (t - Math.max(since, stage?.t ?? 0)) * 1000,
  };
}

/** Does what was done to the original from outside when the task is where that one was, however long it took to get there. */
async function act(golden: Scenario, running: RunningTask, other: Other | undefined, over: () => boolean) {
  const file = runnerFile(`${dirname(running.sandbox)}/checkpoints`, golden.runner.task_id);
  /** Undefined while there is no file, or a record is half written. */
  const now = () => {
    try {
      return recordedRuns(readFileSync(file));
    } catch {
      return undefined;
    }
  };
  for (const { t, do: what } of golden.inputs.slice(1)) {
    const place = placeOf(golden, t);
    await reached(() => {
      const { task = [], runs = {} } = now() ?? {};
      return (
        place.started.every(([name, run]) => runs[name]?.[run]?.pid !== undefined) &&
        place.ended.every(([name, run]) => ENDS.has(runs[name]?.[run]?.states.at(-1) ?? '')) &&
        (place.stage === undefined || task.includes(place.stage)) &&
        (!place.ready || existsSync(`${running.sandbox}/up`))
      );
    }, over);
    const thenMs = performance.now() + place.stayedMs;
    await reached(() => performance.now() >= thenMs, over);
    if (over()) return;
    const [, signal = '', whom = '', process = '', run = '0'] =
      /^send (SIG\w+) to (runner|shell|coordinator)(?: of (\S+) run (\d+))?/.exec(what) ?? [];
    if (whom === 'runner') running.runner.kill(other?.graceMs ?? 60_000, `as with ${signal}`);
    else {
      const running = now()?.runs[process]?.[Number(run)];
      const pid = whom === 'shell' ? running?.pid : running?.coordinator;
      globalThis.process.kill(pid as number, signal as NodeJS.Signals);
    }
  }
}

async function repeat(golden: Scenario): Promise<string[]> {
  const { id, runner, outcome, logs, timing_dependent: loose = [] } = golden;
  const other = DIFFERENT[id];
  const user = runner.flags.find((flag) => flag.startsWith('--setuid='))?.split('=')[1];
  const flags = runner.flags
    .filter((flag) => !flag.startsWith('--setuid='))
    .map((flag) => {
      const [name = '', value] = flag.split('=');
      return value === undefined ? (FLAGS[name] as string) : `${FLAGS[name]}=${value}`;
    });
  const given = typeof golden.task === 'string' ? EXIT_CODES : golden.task;
  const task = other?.hurry
    ? { ...given, processes: given.processes.map((one) => ({ ...one, min_duration: 0 })) }
    : given;
  const running = realTask(task, {
    env: runner.env,
    ports: runner.ports,
    taskId: runner.task_id,
    flags: user ? flags : ['--nosetuid', ...flags],
    ...(user ? { role: user } : {}),
  });
  const problems: string[] = [];
  const same = (what: string, actual: unknown, expected: unknown) => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== b) problems.push(`${id}: ${what}: ${a}, not ${b}`);
  };
  const before = FILES_BEFORE[id];
  if (before !== undefined) running.write(before, 'old\n');
  try {
    let over = false;
    running.runner.start();
    const acting = act(golden, running, other, () => over);
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<{ verdict: string }>((resolve) => {
      limit = setTimeout(() => resolve({ verdict: 'NEVER' }), LONGEST_MS);
    });
    const { verdict } = await Promise.race([running.ended, late]);
    clearTimeout(limit);
    over = true;
    await acting;
    same('verdict', verdict, other?.verdict ?? outcome.task_state);
    const root = `${dirname(running.sandbox)}/checkpoints`;
    const found = recordedRuns(readFileSync(runnerFile(root, runner.task_id)));
    same('last state of the checkpoint', found.task.at(-1), verdict);
    const names = new Set([...Object.keys(outcome.processes), ...Object.keys(found.runs)]);
    for (const name of names) {
      // The 256 exit codes were recorded without their runs.
      if (loose.includes(`processes.${name}`) || other?.anyRuns || given === EXIT_CODES) continue;
      const expected = outcome.processes[name];
      const history = found.runs[name] ?? [];
      const wanted = other?.runs?.[name] ?? expected?.runs ?? 0;
      same(`runs of ${name}`, history.length, wanted);
      history.slice(0, expected?.history?.length ?? 0).forEach((run, at) => {
        const theirs = expected?.history?.[at];
        if (!theirs || other?.runs?.[name] !== undefined) return;
        // Runs that the original itself cut short say KILLED with -1, or LOST; ours tell the signal.
        const end = theirs.states.at(-1);
        const cut = end === 'KILLED' || end === 'LOST';
        if (cut) same(`end of ${name} ${at}`, run.states.at(-1), 'KILLED');
        else same(`states of ${name} ${at}`, run.states, theirs.states);
        if (!cut) same(`code of ${name} ${at}`, run.code ?? null, theirs.return_code);
      });
    }
    if (loose.includes('logs') || other?.anyLogs || !Array.isArray(logs)) return problems;
    for (const { path, text } of logs)
      if (text !== undefined)
        same(path, shown(running.file(path), running.sandbox), shown(text, running.sandbox));
    return problems;
  } finally {
    running.remove();
  }
}

const test = suite('executor scenarios');

test('tasks end as they did with the original: verdict, runs, states, exit codes, output', async () => {
  const queue = scenarios.filter(
    ({ id }) => NO_RUNNER_OF_ITS_OWN[id] === undefined && !DIFFERENT[id]?.notHere,
  );
  const repeated = queue.length;
  const problems: string[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      problems.push(...(await repeat(next).catch((error) => [`${next?.id}: ${error}`])));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  assert.equal(problems, []);
  const differing = scenarios.filter(({ id }) => DIFFERENT[id] && !DIFFERENT[id].notHere).length;
  count('golden/thermos runs repeated as recorded', repeated - differing);
  count('golden/thermos runs repeated, with a difference on purpose', differing);
  count('golden/thermos runs about what is not here', scenarios.length - repeated);
}, 900_000);

test('what differs on purpose is named once and was recorded', () => {
  const ids = new Set(scenarios.map(({ id }) => id));
  for (const id of [...Object.keys(DIFFERENT), ...Object.keys(NO_RUNNER_OF_ITS_OWN)])
    assert.ok(ids.has(id), id);
  for (const id of Object.keys(DIFFERENT)) assert.not.ok(id in NO_RUNNER_OF_ITS_OWN, id);
  assert.is(scenarios.length, 170);
});

test.run();
