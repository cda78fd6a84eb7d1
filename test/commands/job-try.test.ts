/** Real runs of jobs in the terminal: real processes, a real sandbox, no scheduler. */
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { processTable, startedWith } from '../../src/proc/process-table.ts';
import { assert, suite } from '../harness/index.ts';
import { commandLine } from './command-line.ts';

const test = suite('aurora job try');
const line = commandLine();
test.after(line.remove);

const FILE = line.write(
  'jobs.aurora.ts',
  `import { instance, Job, MB, order, Process, port, Resources, Service, Task } from 'aurora';
const resources = Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB });
const on = { cluster: 'west', role: 'nobody', environment: 'test' };
const listen = Process({ name: 'listen', cmdline: \`echo port \${port('http')} of \${instance}; echo here: $(pwd) >&2; printf 'no line break'\` });
const next = Process({ name: 'next', cmdline: 'echo after' });
const last = Process({ name: 'last', final: true, cmdline: 'echo cleaned' });
const bad = Process({ name: 'bad', cmdline: 'echo so far; exit 3' });
const trap = Process({ name: 'trap', cmdline: 'trap "echo asked; exit 0" TERM; echo up; while :; do sleep 0.05; done' });
export default [
  Job({ ...on, name: 'good', instances: 4, task: Task({ processes: [listen, next, last], constraints: order(listen, next), resources }) }),
  Job({ ...on, name: 'bad', task: Task({ processes: [bad], resources }) }),
  Service({ ...on, name: 'service', task: Task({ processes: [trap], resources }) }),
];
`,
);

const tryIt = (job: string, words: readonly string[] = [], given = {}) =>
  line.run(['job', 'try', `west/nobody/test/${job}`, FILE, ...words], { clock: systemClock, ...given });

const sandboxIn = (stderr: string): string => /the sandbox is (\S+)/.exec(stderr)?.[1] ?? '';

test('a task runs to its end, and everything that it writes is shown with the name of its process', async () => {
  const { code, stdout, stderr } = await tryIt('good', ['--instance', '3']);
  assert.is(code, 0, stderr);
  const port = /port http is (\d+)/.exec(stderr)?.[1];
  const lines = stdout.split('\n');
  assert.ok(lines.includes(`listen | port ${port} of 3`), stdout);
  const place = lines.find((one) => one.startsWith('listen ! here: '))?.slice('listen ! here: '.length);
  assert.ok(lines.includes('listen | no line break'));
  assert.ok(lines.indexOf('next   | after') < lines.indexOf('last   | cleaned'));
  assert.match(stderr, /STARTING.*RUNNING.*FINISHED/s);
  assert.not.ok(existsSync(place as string), 'a sandbox that nobody needs is left');
});

test('a task that fails says why, is an exit code, and leaves its sandbox to be looked at', async () => {
  const { code, stdout, stderr } = await tryIt('bad', ['--color']);
  assert.is(code, 4);
  assert.is(stdout, '\x1b[36mbad\x1b[0m \x1b[2m|\x1b[0m so far\n');
  assert.match(stderr, /process "bad" failed: exit code 3/);
  const sandbox = sandboxIn(stderr.replaceAll('\x1b[0m', ''));
  assert.ok(existsSync(`${sandbox}/.logs/bad/0/stdout`));
  rmSync(dirname(sandbox), { recursive: true });
});

test('an interrupt kills the task as a scheduler would: its processes are asked first', async () => {
  const interrupt = new AbortController();
  let stdout = '';
  const print = (text: string) => {
    stdout += text;
    if (text.includes('up')) interrupt.abort();
  };
  const { code, stderr } = await tryIt('service', ['--keep'], { signal: interrupt.signal, print });
  assert.is(code, 130);
  // Of the sleep that is cut short, bash may tell.
  const said = stdout.split('\n').filter((one) => one.startsWith('trap |'));
  assert.equal(said, ['trap | up', 'trap | asked']);
  assert.match(stderr, /KILLED/);
  const sandbox = sandboxIn(stderr);
  assert.equal(
    processTable().filter(({ pid }) => startedWith(pid, 'HOME', sandbox)),
    [],
  );
  rmSync(dirname(sandbox), { recursive: true });
});

test('an instance that the job does not have is refused with those that it has', async () => {
  const { code, stderr } = await tryIt('good', ['--instance', '4']);
  assert.is.not(code, 0);
  assert.match(stderr, /has no instance 4.*0 to 3/s);
});

test.run();
