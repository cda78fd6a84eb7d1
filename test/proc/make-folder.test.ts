import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../src/proc/make-folder.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('making folders');
const root = mkdtempSync(join(tmpdir(), 'aurora-folder-'));
test.after(() => rmSync(root, { recursive: true }));

test('makes all that are missing, with the mode, and leaves what is there', () => {
  makeFolder(join(root, 'a/b c/d'), 0o700);
  assert.is(statSync(join(root, 'a/b c')).mode & 0o777, 0o700);
  makeFolder(join(root, 'a'), 0o755);
  makeFolder(join(root, 'a/b c/d/'), 0o755);
  assert.is(statSync(join(root, 'a')).mode & 0o777, 0o700);
});

test('a file in the way is named', () => {
  writeFileSync(join(root, 'file'), '');
  assert.throws(() => makeFolder(join(root, 'file')), /EEXIST.*file/);
  assert.throws(() => makeFolder(join(root, 'file/more')), /ENOTDIR.*more/);
});

test('ends where folders cannot be made', () => {
  assert.throws(() => makeFolder('/proc/none/of/these'), /ENOENT.*\/proc\/none/);
});

test.run();
