import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../../src/base/errors.ts';
import { plainWords, withoutMarks } from '../../src/commands/words.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('words of a command line');

const flags = {
  'batch-size': Flags.integer(),
  bind: Flags.string({ multiple: true }),
  message: Flags.string({ char: 'm' }),
  'no-batching': Flags.boolean(),
  verbose: Flags.boolean({ char: 'v' }),
};
const plain = (...words: string[]) => plainWords(words, flags);

test('abbreviated flags are written out', () => {
  assert.equal(plain('key', '--no-batch', '--mess=x'), ['key', '--no-batching', '--message=x']);
  assert.equal(plain('--batch', '3'), ['--batch-size', '3']);
});

test('an abbreviation of several flags is refused, a name in full is not', () => {
  const two = { strict: Flags.boolean(), 'strict-mode': Flags.boolean(), string: Flags.boolean() };
  assert.equal(plainWords(['--strict'], two), ['--strict']);
  const three = {
    ...two,
    'ssh-user': Flags.string(),
    'ssh-options': Flags.string(),
    'ssh-colour': Flags.string(),
  };
  assert.equal(plainWords(['--str'], two), ['--strict']);
  assert.throws(
    () => plainWords(['--ssh'], three),
    (error: unknown) => error instanceof AuroraError && error.code === 'USAGE',
  );
});

test('an abbreviation of a flag of the original means it, whatever flags have come since', () => {
  const flags = { 'read-json': Flags.boolean(), 'retry-for': Flags.string(), 'retry-often': Flags.string() };
  assert.equal(plainWords(['--re'], flags), ['--read-json']);
  assert.throws(() => plainWords(['--retry'], flags));
});

test('unknown flags stay, for the parser to refuse', () => {
  assert.equal(plain('--frobnicate'), ['--frobnicate']);
});

test('the last value of a flag wins, unless it takes several', () => {
  assert.equal(plain('--message', 'a', 'key', '-m', 'b'), ['key', '-m', 'b']);
  assert.equal(plain('--batch-size=1', '--batch=2'), ['--batch-size=2']);
  assert.equal(plain('--bind', 'a=1', '--bind', 'b=2'), ['--bind', 'a=1', '--bind', 'b=2']);
});

test('after two dashes words are words', () => {
  assert.equal(plain('--', '--no-batch', '--mess'), ['--', '--no-batch', '--mess']);
});

test('a value that looks like a flag of the command is a value, when it is attached', () => {
  const marked = plain('--message=-v --strict', '--bind=--verbose', '--batch-size=-3');
  assert.equal(marked[2], '--batch-size=-3');
  const [message = '', bind = ''] = marked.map((word) => word.slice(word.indexOf('=') + 1));
  assert.equal(withoutMarks({ message, bind: [bind], verbose: true }), {
    message: '-v --strict',
    bind: ['--verbose'],
    verbose: true,
  });
});

test.run();
