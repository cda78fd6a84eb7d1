import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { main } from '../../../src/commands/main.ts';
import { assert } from '../../harness/index.ts';
import { comparable } from './compare.ts';
import { callsOf, sorted, writePrograms } from './fake-programs.ts';
import { fakeScheduler } from './fake-scheduler.ts';
import { gistProblem } from './gist.ts';
import { instantClock } from './instant-clock.ts';
import type { Rpc, Scenario } from './scenario.ts';

/** What is right where the original is not, and the recording leaves the decision to us. */
export interface Right {
  readonly exitCode: number;
  readonly stdout: string;
  /** Reads that the right way needs. */
  readonly reads?: readonly string[];
  /** The calls of the right way, where they are not those of the recording. */
  readonly rpcs?: readonly Rpc[];
  /** The right way ends before the original does: the last calls do not come. */
  readonly endsEarly?: boolean;
  /** The pauses of the right way, where they are others. */
  readonly waitsSecs?: readonly number[];
}

/** Name of our file for a configuration of the original. */
const ownFile = (name: string): string =>
  name.startsWith('lib/') ? name.replace('.aurora', '.ts') : name.replace(/\.aurora$/, '.aurora.ts');

/** A file that does not even compile lies there as .txt, out of the compiler's way. */
const fixture = (name: string): string =>
  resolve('test/client/fixtures', name.replace(/^syntax\.aurora\.ts$/, 'syntax.aurora.txt'));

function prepare(folder: string, scenario: Scenario, placed: (text: string) => string) {
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  mkdirSync(join(folder, 'home'));
  writePrograms(folder, scenario.fakeBin ?? {});
  const { clusters } = scenario;
  if (clusters !== null)
    write('cfg/clusters.json', placed(typeof clusters === 'string' ? clusters : JSON.stringify(clusters)));
  for (const [name, text] of Object.entries(scenario.homeFiles ?? {})) write(`home/${name}`, placed(text));
  for (const { name, content } of scenario.files ?? []) {
    const own = ownFile(name);
    if (content !== undefined) write(own, content);
    else cpSync(fixture(own), join(folder, own));
  }
}

/**
 * Runs our command as the original was run, and holds everything that can be seen against the recording. With `json` the
 * words `--json` are added, and stdout goes there instead of being compared.
 */
export async function replay(
  scenario: Scenario,
  right: Right | undefined,
  json?: (stdout: string) => void,
): Promise<void> {
  const project = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'aurora-golden-'));
  const interrupt = new AbortController();
  const clock = instantClock(scenario.clockMs ?? Date.UTC(2026, 0, 1));
  const scheduler = await fakeScheduler(right?.rpcs ?? scenario.rpcs, {
    reads: right?.reads ?? [],
    nowMs: () => clock.nowMs(),
    userAgent: scenario.program === 'aurora_admin' ? 'Aurora Admin' : 'Aurora V2',
    onCall: scenario.interrupt ? () => interrupt.abort(new Error('interrupted')) : undefined,
  });
  const placed = (text: string) =>
    text
      .replaceAll('$PORT2', String(scheduler.ports[1]))
      .replaceAll('$PORT', String(scheduler.ports[0]))
      .replaceAll('$DIR', folder);
  try {
    prepare(folder, scenario, placed);
    if (scenario.scheduler === 'unreachable') await scheduler.close();
    let stdout = '';
    let stderr = '';
    const pages: string[] = [];
    process.chdir(folder);
    const words = [...scenario.argv.map(ownFile), ...(json ? ['--json'] : [])];
    const taken = openSync(join(folder, 'taken'), 'w');
    const nothing = openSync('/dev/null', 'r');
    const exitCode = await main(scenario.program === 'aurora_admin' ? ['admin', ...words] : words, {
      env: {
        ...scenario.env,
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        HOME: join(folder, 'home'),
        AURORA_CONFIG_ROOT: join(folder, 'cfg'),
      },
      clock,
      signal: interrupt.signal,
      print: (text) => {
        stdout += text;
      },
      complain: (text) => {
        stderr += text;
      },
      openPage: (url) => void pages.push(url),
      terminal: () => undefined,
      stdio: [nothing, taken, taken],
    });
    for (const file of [taken, nothing]) closeSync(file);
    if (!json) stdout += readFileSync(join(folder, 'taken'), 'utf8');
    const said = `\nstdout: ${stdout}\nstderr: ${stderr}`;
    assert.equal(
      [...scheduler.problems, ...(right?.endsEarly ? [] : scheduler.missing())],
      [],
      `the calls${said}`,
    );
    const wantedExit = right?.exitCode ?? scenario.rightExitCode ?? scenario.exitCode;
    if (wantedExit === 'nonzero') assert.ok(exitCode !== 0, `the exit code${said}`);
    else assert.is(exitCode, wantedExit, `the exit code${said}`);
    const wantedStdout =
      right?.stdout ?? scenario.rightStdout ?? (scenario.originalDefect ? '' : scenario.stdout);
    if (json) json(stdout);
    else compareStdout(scenario, stdout, placed(wantedStdout));
    assert.equal(clock.waitsSecs, right?.waitsSecs ?? waitsOf(scenario), 'the pauses');
    assert.equal(pages, (scenario.browser ?? []).map(placed), 'the pages opened');
    assert.equal(callsOf(folder), sorted(scenario.spawned ?? []), 'the programs started');
    for (const [name, content] of Object.entries(scenario.outFiles ?? {}))
      assert.is(readFileSync(join(folder, name), 'utf8'), placed(content), name);
    if (!right) {
      const problems = (scenario.stderrGist ?? []).map((gist) => gistProblem(gist, stderr, placed));
      assert.equal(problems.filter(Boolean), [], `stderr${said}`);
    }
  } finally {
    process.chdir(project);
    if (scenario.scheduler !== 'unreachable') await scheduler.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const waitsOf = ({ waitsSecs = [] }: Scenario): readonly number[] =>
  waitsSecs.flatMap((wait) =>
    typeof wait === 'number' ? [wait] : Array.from({ length: wait.times }, () => wait.secs),
  );

const sortedLines = (text: string) => text.split('\n').sort();
/** Blocks that begin with a line `Active tasks`. */
const sortedJobs = (text: string) =>
  text
    .trimEnd()
    .split(/^(?=Active tasks)/m)
    .map((block) => block.trimEnd())
    .sort();

function compareStdout({ id, program, stdoutCompare, stdoutRule }: Scenario, got: string, wanted: string) {
  if (stdoutCompare === 'json') {
    assert.equal(comparable(JSON.parse(got)), comparable(JSON.parse(wanted)));
  } else if (stdoutCompare === 'exact' || wanted === '') {
    if (stdoutRule?.startsWith('help text') && program === 'aurora') {
      for (const topic of ['config', 'job']) assert.match(got, new RegExp(`^  ${topic} `, 'm'));
    } else assert.fixture(got, wanted);
  } else if (stdoutRule === 'unordered-lines') {
    assert.equal(sortedLines(got), sortedLines(wanted));
  } else if (stdoutRule === 'unordered-jobs') {
    assert.equal(sortedJobs(got), sortedJobs(wanted));
  } else if (stdoutRule?.startsWith('the text diff between')) {
    const headings = (text: string) => text.split('\n').filter((line) => /^[a-z ]+:|^This/.test(line));
    assert.equal(headings(got), headings(wanted));
    assert.match(got, /task\.processes\[serve\]\.cmdline.*--old/);
    assert.match(got, /resources\.cpu: 1 -> 0\.5/);
  } else if (stdoutRule === 'a non-empty text diff') {
    assert.match(got, /task\.processes\[serve\]\.cmdline.*--old/);
  } else if (stdoutRule?.startsWith('constraint lines')) {
    assert.equal(sortedLines(got), sortedLines(wanted));
  } else if (stdoutRule?.startsWith('debug rendering')) {
    for (const [, value] of wanted.matchAll(/(?:name|role|user|tier|environment)=u?'([^']+)'/g))
      assert.ok(got.includes(`"${value}"`), `${id}: ${value} is not shown`);
    assert.match(got, /TaskConfig/);
  } else {
    throw new Error(`${id}: no way to compare stdout: ${stdoutRule}`);
  }
}
