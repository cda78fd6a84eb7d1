import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelFile } from '../../src/proc/kernel-file.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('files of the kernel');

test('are read whole, although their size is said to be 0', () => {
  assert.is(kernelFile('/proc/self/cmdline'), readFileSync('/proc/self/cmdline', 'latin1'));
  assert.match(kernelFile('/proc/self/stat'), new RegExp(`^${process.pid} \\(`));
});

test('longer than the shared block, then a short one: nothing of the longer is left', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-kernel-file-'));
  try {
    const [long, short] = [join(folder, 'long'), join(folder, 'short')];
    const text = Array.from({ length: 20_000 }, (_, at) => `${at}\n`).join('');
    writeFileSync(long, text);
    writeFileSync(short, 'é', 'latin1');
    assert.is(kernelFile(long), text);
    assert.is(kernelFile(short), 'é');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('that are not there throw, and leave no file open', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let at = 0; at < 10; at++) {
    assert.throws(() => kernelFile('/proc/self/no-such-file'), /ENOENT/);
    // A directory can be opened, but not read.
    assert.throws(() => kernelFile('/proc/self'), /EISDIR/);
  }
  assert.is(open(), before);
});

test.run();
