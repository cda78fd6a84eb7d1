import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEntry } from '../../src/proc/process-id.ts';
import { environmentOf, processTable, startedWith } from '../../src/proc/process-table.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('process table');

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('reads a process whose name looks like other fields', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-table-'));
  const program = join(directory, 'x) Z 1 (2');
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['1000'], { detached: true, stdio: 'ignore', env: { HOME: directory } });
  try {
    await once(child, 'spawn');
    const pid = child.pid as number;
    const entry = processEntry(pid);
    assert.equal(
      [entry?.parent, entry?.group, entry?.session, entry?.zombie],
      [process.pid, pid, pid, false],
    );
    assert.ok((entry?.startTicks ?? 0) >= (processEntry(process.pid)?.startTicks ?? Number.NaN));
    assert.equal(
      processTable().find((one) => one.pid === pid),
      entry,
    );
    assert.ok(startedWith(pid, 'HOME', directory));
    assert.not.ok(startedWith(pid, 'HOME', directory.slice(0, -1)));
    assert.not.ok(startedWith(pid, 'OME', directory));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(directory, { recursive: true });
  }
});

test('an environment that is empty is told from one that is not there yet', async () => {
  const child = spawn('/bin/sh', ['-c', 'while :; do env -i /bin/true; done'], {
    detached: true,
    stdio: 'ignore',
    env: { HOME: '/here' },
  });
  const bare = spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore', env: {} });
  try {
    await Promise.all([once(child, 'spawn'), once(bare, 'spawn')]);
    const known = async ({ pid }: ChildProcess) => {
      while (environmentOf(pid as number) === undefined) await turn();
      return environmentOf(pid as number);
    };
    assert.equal(await known(bare), []);
    await known(child);
    // The shell never replaces itself, so it is always known; threads of the kernel have no environment.
    for (let round = 0; round < 50; round++) {
      assert.is(startedWith(child.pid as number, 'HOME', '/here'), true);
      await turn();
    }
    assert.is(startedWith(2, 'HOME', '/here'), false);
  } finally {
    for (const one of [child, bare]) {
      const gone = once(one, 'exit');
      process.kill(-(one.pid as number), 'SIGKILL');
      await gone;
    }
  }
});

test('knows nothing of processes that are gone', () => {
  assert.is(processEntry(2 ** 30), undefined);
  assert.not.ok(startedWith(2 ** 30, 'HOME', '/'));
});

test.run();
