import { parseMoment } from '../../src/client/moment.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('moments');

const NOW_MS = Date.UTC(2026, 10, 21, 12, 0);
const HOUR_MS = 3_600_000;

test('an age counts back from now, with or without its dash', () => {
  for (const text of ['-2h', '2h', '2hrs', '120m', '120mins', '7200s', '7200secs'])
    assert.is(parseMoment(text, NOW_MS), NOW_MS - 2 * HOUR_MS, text);
  assert.is(parseMoment('-1.5d', NOW_MS), NOW_MS - 36 * HOUR_MS);
  assert.is(parseMoment('1w', NOW_MS), NOW_MS - 7 * 24 * HOUR_MS);
});

test('a time has its zone, or that of this machine', () => {
  for (const text of ['2026-11-21T10:00Z', '2026-11-21T10:00:00.000Z', '2026-11-21 11:00+01:00'])
    assert.is(parseMoment(text, NOW_MS), NOW_MS - 2 * HOUR_MS, text);
  assert.is(parseMoment('2026-11-21T10:00', NOW_MS), new Date(2026, 10, 21, 10, 0).getTime());
  assert.is(parseMoment('2026-11-21', NOW_MS), new Date(2026, 10, 21).getTime());
});

test('ten digits and more are milliseconds since 1970', () => {
  assert.is(parseMoment('1795269600000', NOW_MS), 1_795_269_600_000);
});

test('anything else is refused, saying what can be written', () => {
  for (const text of ['', 'yesterday', '2', '-2', '2 h', '2y', '2026-13-45', '21.11.2026', 'toStringh'])
    assert.throws(
      () => parseMoment(text, NOW_MS),
      (error: Error) => /is no moment; write a time like .* an age like -2h/.test(error.message),
      text,
    );
});

test.run();
