import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { assert, suite } from '../harness/index.ts';

const test = suite('output that cannot be written');

test('a full disk behind standard output is said, and is no bug', () => {
  const full = openSync('/dev/full', 'w');
  try {
    const { status, stderr } = spawnSync(process.execPath, ['bin/dev.js', 'version'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    assert.is(status, 4, stderr);
    assert.match(stderr, /the output could not be written: ENOSPC/);
    assert.not.match(stderr, /bug/i);
  } finally {
    closeSync(full);
  }
}, 60_000);

test.run();
