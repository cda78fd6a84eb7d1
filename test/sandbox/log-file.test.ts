import fc from 'fast-check';
import {
  FILE_START,
  type LogFileFollower,
  logFileFollower,
  tailPosition,
} from '../../src/sandbox/log-file.ts';
import { assert, suite } from '../harness/index.ts';
import { rotatingFiles } from './rotating-files.ts';

const test = suite('following a file');
const PATH = '.logs/web/0/stdout';

/** Looks until there is nothing new; everything that was given, and how often something was lost. */
async function readOn(follower: LogFileFollower, isLast = false) {
  let text = '';
  let lost = 0;
  for (let quiet = 0; quiet < 4; ) {
    const step = isLast ? await follower.last() : await follower.next();
    if (step.kind === 'data' || step.kind === 'rotated') text += step.text;
    if (step.kind === 'rotated' && step.lost) lost++;
    quiet = step.kind === 'data' || step.kind === 'rotated' ? 0 : quiet + 1;
  }
  return { text, lost };
}

test('what is appended comes once, whole characters at a time', async () => {
  const files = rotatingFiles(PATH);
  const follower = logFileFollower(files.read, PATH, FILE_START);
  assert.equal(await follower.next(), { kind: 'absent' });
  const bytes = Buffer.from('grün\n');
  files.append(bytes.subarray(0, 3));
  assert.is((await readOn(follower)).text, 'gr');
  files.append(bytes.subarray(3));
  assert.is((await readOn(follower)).text, 'ün\n');
  assert.is(follower.position().offset, bytes.length);
});

test('bytes that are no UTF-8 are replaced, and counted as they are', async () => {
  const files = rotatingFiles(PATH);
  files.append(Buffer.from([0x61, 0xff, 0x00, 0x80, 0x0a, 0xf0, 0x9f]));
  const follower = logFileFollower(files.read, PATH, FILE_START);
  assert.is((await readOn(follower)).text, 'a\ufffd\0\ufffd\n');
  assert.is((await readOn(follower, true)).text, '\ufffd', 'the rest of a character that never came');
  assert.is(follower.position().offset, 7);
});

for (const withGenerations of [true, false]) {
  const how = withGenerations ? 'files that are told apart' : 'files known by their bytes';
  test(`whatever is written and rotated between any two reads: nothing is lost or doubled (${how})`, async () => {
    const op = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), lines: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('rotate' as const), lines: fc.nat(0) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('nothing' as const), lines: fc.nat(0) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 40 }), fc.nat(3), async (ops, pace) => {
        const left = [...ops];
        let written = '';
        let lines = 0;
        const doNext = () => {
          const next = left.shift();
          if (next?.kind === 'rotate' && written !== '') files.rotate();
          if (next?.kind !== 'append') return;
          const text = Array.from({ length: next.lines }, () => `line ${lines++} ä\n`).join('');
          written += text;
          files.append(Buffer.from(text));
        };
        const files = rotatingFiles(PATH, {
          withGenerations,
          beforeRead() {
            for (let done = 0; done <= pace; done++) doNext();
          },
        });
        const follower = logFileFollower(files.read, PATH, FILE_START);
        let text = '';
        let lost = 0;
        while (left.length > 0) {
          const more = await readOn(follower);
          text += more.text;
          lost += more.lost;
        }
        const rest = await readOn(follower, true);
        assert.is(text + rest.text, written);
        assert.is(lost + rest.lost, 0);
      }),
      { numRuns: 300 },
    );
  });
}

test('a follower that goes on after an outage finds its file under the name it has then', async () => {
  const files = rotatingFiles(PATH);
  files.append(Buffer.from('one\ntwo\n'));
  const before = logFileFollower(files.read, PATH, FILE_START);
  await readOn(before);
  files.append(Buffer.from('three\n'));
  files.rotate();
  files.append(Buffer.from('four\n'));
  files.rotate();
  files.append(Buffer.from('five\n'));
  const after = logFileFollower(files.read, PATH, before.position());
  assert.equal(await readOn(after), { text: 'three\nfour\nfive\n', lost: 0 });
});

test('a file that is copied and emptied in its place: the copy is read to its end first', async () => {
  const files = rotatingFiles(PATH);
  files.append(Buffer.from('one\n'));
  const follower = logFileFollower(files.read, PATH, FILE_START);
  await readOn(follower);
  files.append(Buffer.from('two\n'));
  files.copyAndEmpty();
  files.append(Buffer.from('three\n'));
  assert.equal(await readOn(follower), { text: 'two\nthree\n', lost: 0 });
});

test('what is gone is said to be lost, and the new file is read from its beginning', async () => {
  const files = rotatingFiles(PATH);
  files.append(Buffer.from('one\n'.repeat(50)));
  const follower = logFileFollower(files.read, PATH, FILE_START);
  await readOn(follower);
  files.remove();
  files.append(Buffer.from('new\n'));
  assert.equal(await readOn(follower), { text: 'new\n', lost: 1 });
});

test('the last lines of a file, as tail counts them', async () => {
  const cases: [content: string, lines: number, shown: string][] = [
    ['', 5, ''],
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\n', 5, 'a\nb\n'],
    ['a\nb\n', 0, ''],
    ['\n\n\n', 2, '\n\n'],
    [`${'x'.repeat(200_000)}\nlast\n`, 2, `${'x'.repeat(200_000)}\nlast\n`],
    [`${'line\n'.repeat(50_000)}`, 3, 'line\n'.repeat(3)],
  ];
  for (const [content, lines, shown] of cases) {
    const files = rotatingFiles(PATH);
    files.append(Buffer.from(content));
    const found = await tailPosition(files.read, PATH, lines);
    const follower = logFileFollower(files.read, PATH, found?.position ?? FILE_START);
    assert.is((await readOn(follower, true)).text, shown, `${lines} of ${content.slice(0, 20)}`);
  }
  assert.is(await tailPosition(rotatingFiles(PATH).read, PATH, 3), undefined);
});

test.run();
