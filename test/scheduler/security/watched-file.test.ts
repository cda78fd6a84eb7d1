import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { watchFile } from '../../../src/scheduler/security/watched-file.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('a file that is read again');

/** A file, and what is logged of it. */
function setUp() {
  const clock = manualClock();
  const counted = counters(clock);
  const lines: string[] = [];
  const file = { text: 'one', version: 1, changedMs: clock.nowMs() - 5000, mode: 0o600, reads: 0 };
  const say = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`);
  const watch = (refuseReadable = false) =>
    watchFile({
      path: 'f',
      clock,
      counters: counted,
      log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
      files: {
        async state() {
          if (file.text === 'gone') throw new Error('no such file');
          return { version: String(file.version), changedMs: file.changedMs, mode: file.mode };
        },
        async read() {
          file.reads++;
          return file.text;
        },
      },
      parse(text) {
        if (text.startsWith('bad')) throw new Error('it is bad');
        return text;
      },
      secret: true,
      refuseReadable,
      warnings: (text) => (text === 'plain' ? ['plain text'] : []),
    });
  const write = (text: string, ageMs = 1000) => {
    file.text = text;
    file.version++;
    file.changedMs = clock.nowMs() - ageMs;
  };
  return { clock, counted, file, lines, watch, write };
}

test('a change is seen at the next look, and looks are a second apart', async () => {
  const { clock, file, lines, watch, write } = setUp();
  const watched = await watch();
  write('two');
  assert.is(await watched.current(), 'one');
  clock.advance(1000);
  assert.is(await watched.current(), 'two');
  assert.equal(lines, ['info the file was read again']);
  clock.advance(1000);
  assert.is(await watched.current(), 'two');
  assert.is(file.reads, 2, 'a file that stays is not read');
});

test('a file that is still being written is left alone', async () => {
  const { clock, watch, write } = setUp();
  const watched = await watch();
  clock.advance(1000);
  write('tw', 10);
  assert.is(await watched.current(), 'one');
  clock.advance(1000);
  write('two', 999);
  assert.is(await watched.current(), 'one');
  clock.advance(1000);
  assert.is(await watched.current(), 'two');
});

test('a bad version is reported once and the one before stays; the next good one counts', async () => {
  const { clock, counted, lines, watch, write } = setUp();
  const watched = await watch();
  write('bad');
  for (let look = 0; look < 3; look++) {
    clock.advance(1000);
    assert.is(await watched.current(), 'one');
  }
  assert.equal(lines, [
    'error the new version of f is not good: it is bad; what was read before stays in force',
  ]);
  write('bad');
  clock.advance(1000);
  await watched.current();
  assert.is(lines.length, 2, 'another bad version is another report');
  write('gone');
  clock.advance(1000);
  assert.is(await watched.current(), 'one');
  write('three');
  clock.advance(1000);
  assert.is(await watched.current(), 'three');
  assert.is(counted.values().counts.get('security_file_failures'), 3);
});

test('the first version must be good; others that can read it, and its own warnings, are told each time', async () => {
  const { clock, file, lines, watch, write } = setUp();
  file.text = 'bad';
  const failure = await watch().then(
    () => undefined,
    (error) => error as { code: string; message: string },
  );
  assert.is(failure?.code, 'CONFIG');
  file.text = 'plain';
  file.mode = 0o644;
  const watched = await watch();
  assert.equal(lines.splice(0), [
    'warn plain text',
    'warn other users of this machine may read the file: chmod 600 it',
  ]);
  write('plain');
  clock.advance(1000);
  await watched.current();
  assert.is(lines.length, 3);
});

test('a secret that others may read is refused where that is asked for, at the start and later', async () => {
  const { clock, counted, file, lines, watch, write } = setUp();
  file.mode = 0o640;
  const failure = await watch(true).catch((error) => error);
  assert.match(`${failure.code} ${failure.message}`, /^CONFIG .*may read the file/);
  file.mode = 0o600;
  const watched = await watch(true);
  file.mode = 0o604;
  write('two');
  clock.advance(1000);
  assert.is(await watched.current(), 'one', 'the version before stays');
  assert.match(lines.at(-1) ?? '', /^error .*may read the file/);
  assert.is(counted.values().counts.get('security_file_failures'), 1);
  file.mode = 0o600;
  write('two');
  clock.advance(1000);
  assert.is(await watched.current(), 'two');
});

test.run();
