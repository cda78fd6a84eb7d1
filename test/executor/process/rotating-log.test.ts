import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { openLog } from '../../../src/executor/process/log-files.ts';
import { rotatingSink } from '../../../src/executor/process/rotating-log.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('rotating log');
const root = mkdtempSync(join(tmpdir(), 'aurora-rotating-'));
test.after(() => rmSync(root, { recursive: true }));
let made = 0;

function log(rotateBytes: number, backups = 3) {
  const directory = join(root, String(made++));
  mkdirSync(directory);
  const path = join(directory, 'stdout');
  const faults: string[] = [];
  const sink = rotatingSink(path, {
    rotateBytes,
    backups,
    file: openLog(path, 'truncate', undefined),
    create: (at) => openLog(at, 'create', undefined),
    onFault: (error) => void faults.push((error as NodeJS.ErrnoException).code ?? String(error)),
  });
  const text = (number = 0) => {
    const name = number === 0 ? path : `${path}.${number}`;
    return existsSync(name) ? readFileSync(name, 'utf8') : undefined;
  };
  return { ...sink, path, faults, text, say: (words: string) => sink.write(Buffer.from(words)) };
}

test('a full file becomes the first backup, and the oldest goes', () => {
  const file = log(4, 2);
  for (const line of ['aaa\n', 'bbb\n', 'ccc\n', 'd\n']) file.say(line);
  assert.equal([0, 1, 2, 3].map(file.text), ['d\n', 'ccc\n', 'bbb\n', undefined]);
  assert.equal(file.faults, []);
  file.close();
});

test('no line is cut, and no file is larger by more than one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 25 }),
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 30 }), { maxLength: 8 }),
      (limit, chunks) => {
        const file = log(limit, 10_000);
        for (const chunk of chunks) file.say(chunk);
        file.close();
        const parts: string[] = [];
        for (let number = 0; file.text(number) !== undefined; number++)
          parts.unshift(file.text(number) as string);
        assert.is(parts.join(''), chunks.join(''));
        for (const part of parts.slice(0, -1)) {
          assert.ok(part.endsWith('\n'), 'a line is cut');
          assert.ok(part.length >= limit, 'rotated too early');
          assert.ok(part.slice(0, -1).lastIndexOf('\n') + 1 < limit, 'larger by more than a line');
        }
        rmSync(join(file.path, '..'), { recursive: true });
      },
    ),
    { numRuns: 60 },
  );
});

test('what has no end is cut at 64 KiB', () => {
  const file = log(100, 5);
  file.say('x'.repeat(100_000));
  file.say('x'.repeat(100_000));
  assert.equal(
    [1, 2, 3, 0].map((number) => file.text(number)?.length),
    [65_536, 65_536, 65_536, 200_000 - 3 * 65_536],
  );
  file.close();
});

test('a file that was removed, or moved away, is no fault', () => {
  const file = log(4);
  file.say('aaa\nb');
  rmSync(file.path);
  file.say('bb\nccc\n');
  assert.equal([file.text(0), file.text(1), file.faults], ['', 'ccc\n', []]);
  file.close();
});

test('a directory in the way is a fault that is told once; the newest output is kept, the file does not grow', () => {
  const file = log(4, 1);
  mkdirSync(`${file.path}.1`);
  writeFileSync(join(`${file.path}.1`, 'x'), '');
  for (const line of ['aaa\n', 'bbb\n', 'ccc\n', 'd\n']) file.say(line);
  assert.equal([file.text(0), file.faults.length], ['d\n', 1]);
  rmSync(`${file.path}.1`, { recursive: true });
  file.say('ee\nf\n');
  assert.equal([file.text(0), file.text(1)], ['f\n', 'd\nee\n']);
  file.close();
});

test('after its close a sink touches no descriptor', () => {
  const file = log(4);
  file.say('a\n');
  file.close();
  const other = join(root, 'other');
  const descriptor = openSync(other, 'w');
  file.say('bbbbbbbb\n');
  file.close();
  assert.is(statSync(other).size, 0);
  closeSync(descriptor);
});

test('a pipe or a link in the place of a log is refused, not waited for', () => {
  const path = join(root, 'pipe');
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  spawnSync('mkfifo', [path]);
  assert.throws(() => openLog(path, 'append', undefined), /ENXIO/);
});

test.run();
