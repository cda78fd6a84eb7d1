import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEntry } from '../../src/proc/process-id.ts';
import { processTable, startedWith } from '../../src/proc/process-table.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('process table');

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

test('knows nothing of processes that are gone', () => {
  assert.is(processEntry(2 ** 30), undefined);
  assert.not.ok(startedWith(2 ** 30, 'HOME', '/'));
});

test.run();
