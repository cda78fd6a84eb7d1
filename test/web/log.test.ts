import { lineFilter, logBook, MOST_LINES } from '../../src/web/logs/log-book.ts';
import { MOST_DRAWN, spansOf } from '../../src/web/logs/log-spans.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('the log of the page');

test('colours become classes, everything else that a terminal acts on is gone', () => {
  assert.equal(spansOf('\x1b[1;31mbad\x1b[0m and \x1b[92mgood'), [
    { text: 'bad', look: 'bold ansi1' },
    { text: ' and ', look: '' },
    { text: 'good', look: 'ansi10' },
  ]);
  assert.equal(spansOf('\x1b]0;title\x07a\x1b[2Jb\u202ec\x1b'), [{ text: 'abc', look: '' }]);
  assert.equal(spansOf('\x1b[38;5;31mx\x1b[38;2;1;2;31my\x1b[39;4mz\x1b[24m.'), [
    { text: 'x', look: '' },
    { text: 'y', look: '' },
    { text: 'z', look: 'under' },
    { text: '.', look: '' },
  ]);
  const [drawn, more] = spansOf('x'.repeat(1_000_000));
  assert.is(drawn?.text.length, MOST_DRAWN);
  assert.match(more?.text ?? '', /996000 more characters/);
});

const source = {
  kind: 'source',
  source: 1,
  task: 't',
  instance: 3,
  process: 'main',
  run: 0,
  stream: 'stderr',
  position: { offset: 0, check: '' },
} as const;
const data = (text: string) =>
  ({ kind: 'data', source: 1, text, position: { offset: 0, check: '' } }) as const;

test('parts become lines, of which the newest are kept', () => {
  const book = logBook();
  book.take(source);
  book.take(data('one\ntw'));
  book.take(data('o\nthree'));
  assert.equal(
    book.lines().map(({ text }) => text),
    ['one', 'two'],
  );
  book.take({ kind: 'end', source: 1 });
  assert.equal(book.lines().at(-1), {
    number: 2,
    instance: 3,
    isSaid: false,
    isError: true,
    process: 'main',
    text: 'three',
  });
  assert.equal(book.sources(), [{ task: 't', instance: 3, path: '.logs/main/0/stderr' }]);
  book.take({ ...source, source: 1 });
  book.take(data('line\n'.repeat(MOST_LINES + 10)));
  assert.ok(book.lines().length <= MOST_LINES);
  assert.is(book.lines().at(-1)?.number, MOST_LINES + 12);
});

test('a filter is a text or an expression, and does not see colours', () => {
  const line = { number: 0, instance: 0, isSaid: false, isError: false, process: '', text: 'a\x1b[31mB' };
  assert.is(lineFilter('ab')?.(line), true);
  assert.is(lineFilter('/^ab$/')?.(line), true);
  assert.is(lineFilter('/b./')?.(line), false);
  assert.is(lineFilter('/(/'), undefined);
});

test.run();
