import { parseBytes, parseDurationMs } from '../../src/base/amounts.ts';
import { AuroraError } from '../../src/base/errors.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('amounts');

test('reads every duration unit', () => {
  const cases: [string, number][] = [
    ['5000000ns', 5],
    ['250us', 0.25],
    ['500ms', 500],
    ['1secs', 1_000],
    ['1.5mins', 90_000],
    ['2hrs', 7_200_000],
    ['1days', 86_400_000],
    ['1weeks', 604_800_000],
  ];
  for (const [text, ms] of cases) assert.is(parseDurationMs(text), ms, text);
});

test('reads data amounts in powers of 1024', () => {
  assert.is(parseBytes('1KB'), 1_024);
  assert.is(parseBytes('4GB'), 4 * 2 ** 30);
  assert.is(parseBytes('1PB'), 2 ** 50);
  assert.is(parseBytes('16BITS'), 2);
  for (const [bits, bytes] of [
    ['8Kb', '1KB'],
    ['8Mb', '1MB'],
    ['8Gb', '1GB'],
  ] as const)
    assert.is(parseBytes(bits), parseBytes(bytes), bits);
});

test('refuses a bare number, an unknown unit and a blank between, saying which units there are', () => {
  for (const text of ['5', '5 mins', '5minutes', 'mins', '', '1e3ms']) {
    try {
      parseDurationMs(text);
      assert.unreachable(text);
    } catch (error) {
      assert.instance(error, AuroraError);
      assert.is((error as AuroraError).code, 'BAD_AMOUNT');
      assert.match((error as AuroraError).message, 'mins');
    }
  }
});

test.run();
