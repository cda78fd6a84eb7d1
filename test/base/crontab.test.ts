import fc from 'fast-check';
import { type Crontab, crontabText, parseCrontab } from '../../src/base/crontab.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('cron schedules');

const read = (schedule: string): Crontab => {
  const result = parseCrontab(schedule);
  assert.not('problem' in result, `${schedule}: ${JSON.stringify(result)}`);
  return result as Crontab;
};
const problem = (schedule: string): string => {
  const result = parseCrontab(schedule);
  assert.ok('problem' in result, `${schedule} is accepted`);
  return 'problem' in result ? result.problem : '';
};

test('numbers, ranges, steps, lists and names are read', () => {
  assert.equal(read('30 2 * * *').minutes, [30]);
  assert.equal(read('30 2 * * *').hours, [2]);
  assert.is(read('* * * * *').daysOfMonth.length, 31);
  assert.equal(read('*/20 * * * *').minutes, [0, 20, 40]);
  assert.equal(read('1-10/4 * * * *').minutes, [1, 5, 9]);
  assert.equal(read('7,1-3,2 * * * *').minutes, [1, 2, 3, 7]);
  assert.equal(read('0 0 * jan,Mar-MAY *').months, [1, 3, 4, 5]);
  assert.equal(read('0 0 * * mon-FRI').daysOfWeek, [1, 2, 3, 4, 5]);
  assert.equal(read(' 0\t0 1 * 0-6 ').daysOfMonth, [1]);
  assert.equal(read('*/59 */23 * * *').minutes, [0, 59]);
  assert.equal(read('0 0 * jan-JUN/2 *').months, [1, 3, 5]);
  assert.equal(read('0 0 29 2 *').daysOfMonth, [29]);
  assert.equal(read('0 0 30,31 2,FEB,APR *').daysOfMonth, [30, 31]);
});

test('a schedule is written in the fewest words that say the same, as by the original', () => {
  for (const [schedule, text] of [
    ['*/20 0-23 1-31 JAN-DEC *', '0,20,40 * * * *'],
    ['7,1-3,2 */1 * jan,Mar-MAY SUN-SAT', '1-3,7 * * 1,3-5 *'],
    ['30 2 * * mon-FRI', '30 2 * * 1-5'],
  ] as const) {
    assert.is(crontabText(read(schedule)), text);
    assert.equal(read(text), read(schedule));
  }
});

test('what the original refuses is refused, with what is wrong', () => {
  const wrong = {
    '': /needs five fields .* has none/,
    '* * * *': /has 4/,
    '0 * * * * *': /has 6/,
    '@hourly': /has 1/,
    '60 * * * *': /"60" as its minute; .* numbers from 0 to 59/,
    '* 24 * * *': /hour/,
    '* * 0 * *': /day of the month/,
    '* * * 13 *': /month; .* names like JAN/,
    '* * * * 7': /day of the week/,
    '5/10 * * * *': /minute/,
    '*/0 * * * *': /minute/,
    '0-30/59 * * * *': /minute/,
    '20-10 * * * *': /minute/,
    '1,,2 * * * *': /minute/,
    '* * L * *': /day of the month/,
    '* * ? * *': /day of the month/,
    '* * * * MON-SUN': /day of the week/,
    '* * * MAR-JAN *': /month/,
    '* * * * MON#2': /day of the week/,
    '0 0 1 * 1': /restricts the days of the month and those of the week/,
  };
  for (const [schedule, text] of Object.entries(wrong)) assert.match(problem(schedule), text);
});

/** Schedules that the original refuses as well, each after the name of its test. */
const INVALID = [
  'Cron: invalid: * * * * MON-SUN',
  'Cron: invalid: * * **',
  'Cron: invalid: 0-59 0-59 * * *',
  'Cron: invalid: 1/1 * * * *',
  'Cron: invalid: 5 5 * MAR-JAN *',
  'Cron: invalid: */0 * * * *',
  'Cron: invalid: 0-59/0 * * * *',
  'Cron: invalid: 0-59/60 * * * *',
  'Cron: invalid: * * 1 * 1',
  'Cron: invalid: * * * * 7',
];
for (const name of INVALID)
  test(name, () => {
    assert.match(problem(name.slice('Cron: invalid: '.length)), /^(has|needs|restricts|names) /);
  });

test('what would never come, and what only looks like a name or a step, is refused', () => {
  const wrong = {
    '0 0 31 2 *': /names a day that none of its months has/,
    '0 0 30,31 FEB *': /none of its months/,
    '0 0 31 4,6,9,11 *': /none of its months/,
    '*/70 * * * *': /"\*\/70" as its minute/,
    '*/60 * * * *': /minute/,
    '* */24 * * *': /hour/,
    '* * * */13 *': /month/,
    '* * * * */7': /day of the week/,
    '0-30/30 * * * *': /minute/,
    '* * * 1JAN *': /"1JAN" as its month/,
    '* * * JAN1 *': /month/,
    '* * * JANFEB *': /month/,
    '* * * * SUNMON': /"SUNMON" as its day of the week/,
    '* * * * MONDAY': /day of the week/,
    'SUN * * * *': /minute/,
  };
  for (const [schedule, text] of Object.entries(wrong)) assert.match(problem(schedule), text);
});

test('any text is either times within their limits or a problem', () => {
  const field = fc
    .array(fc.constantFrom('*', '/', '-', ',', '0', '1', '7', '31', '59', 'SUN', 'Dec'), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join(''));
  const limits = { minutes: 59, hours: 23, daysOfMonth: 31, months: 12, daysOfWeek: 6 };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(field, { maxLength: 6 }).map((all) => all.join(' ')),
      ),
      (text) => {
        const result = parseCrontab(text);
        if ('problem' in result) return;
        for (const [name, most] of Object.entries(limits)) {
          const numbers = result[name as keyof Crontab];
          assert.ok(numbers.length > 0);
          assert.equal(
            [...new Set(numbers)].sort((a, b) => a - b),
            numbers,
          );
          assert.ok((numbers[0] as number) >= 0 && (numbers.at(-1) as number) <= most);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test.run();
