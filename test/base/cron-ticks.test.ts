import { nextTick, ticksBetween } from '../../src/base/cron-ticks.ts';
import { type Crontab, parseCrontab } from '../../src/base/crontab.ts';
import { isTimeZone } from '../../src/base/time-zone.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('cron ticks');

function crontab(schedule: string): Crontab {
  const read = parseCrontab(schedule);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

const iso = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z');

/** The next ticks after an instant, as UTC texts without seconds. */
function ticks(schedule: string, zone: string, after: string, count: number): string[] {
  const read = crontab(schedule);
  const found: string[] = [];
  for (let at = nextTick(read, zone, Date.parse(after)); at !== undefined && found.length < count; ) {
    found.push(iso(at));
    at = nextTick(read, zone, at);
  }
  return found;
}

// Where the clock does not change, these are what the original's Quartz 2.2.2 answered.
const PREDICTIONS: readonly [schedule: string, zone: string, after: string, expected: readonly string[]][] = [
  ['* * * * *', 'GMT', '2026-01-01T00:00:00Z', ['2026-01-01T00:01Z', '2026-01-01T00:02Z']],
  [
    '*/15 3 * * *',
    'GMT',
    '2026-01-01T03:29:59Z',
    ['2026-01-01T03:30Z', '2026-01-01T03:45Z', '2026-01-02T03:00Z'],
  ],
  ['0 0 29 2 *', 'GMT', '2096-03-01T00:00:00Z', ['2104-02-29T00:00Z']],
  ['30 12 * * MON', 'GMT', '2026-11-29T00:00:00Z', ['2026-11-30T12:30Z', '2026-12-07T12:30Z']],
  ['0 0 1 JAN *', 'Asia/Tokyo', '2026-06-01T00:00:00Z', ['2026-12-31T15:00Z']],
  ['59 23 31 * *', 'Asia/Kathmandu', '2026-01-31T18:14:00Z', ['2026-03-31T18:14Z']],
];

for (const [schedule, zone, after, expected] of PREDICTIONS)
  test(`Cron: golden table of predictions: ${schedule} in ${zone} after ${after}`, () =>
    assert.equal(ticks(schedule, zone, after, expected.length), expected));

// The instants of the clock changes come from the tz database; those of a time that comes twice from Quartz 2.2.2.
const CHANGES: readonly [
  what: string,
  schedule: string,
  zone: string,
  after: string,
  expected: readonly string[],
][] = [
  [
    'New York, forward: half past two is half past three',
    '30 2 * * *',
    'America/New_York',
    '2026-03-07T12:00:00Z',
    ['2026-03-08T07:30Z', '2026-03-09T06:30Z', '2026-03-10T06:30Z'],
  ],
  [
    'New York, forward: two times that become one tick once',
    '30 2,3 * * *',
    'America/New_York',
    '2026-03-08T00:00:00Z',
    ['2026-03-08T07:30Z', '2026-03-09T06:30Z', '2026-03-09T07:30Z'],
  ],
  [
    'New York, forward: every half hour goes on every half hour',
    '*/30 * * * *',
    'America/New_York',
    '2026-03-08T06:00:00Z',
    ['2026-03-08T06:30Z', '2026-03-08T07:00Z', '2026-03-08T07:30Z', '2026-03-08T08:00Z'],
  ],
  [
    'New York, back: half past one ticks the second time',
    '30 1 * * *',
    'America/New_York',
    '2026-10-31T12:00:00Z',
    ['2026-11-01T06:30Z', '2026-11-02T06:30Z'],
  ],
  [
    'New York, back: every half hour ticks in both passes',
    '*/30 * * * *',
    'America/New_York',
    '2026-11-01T04:30:00Z',
    ['2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-01T06:00Z', '2026-11-01T06:30Z', '2026-11-01T07:00Z'],
  ],
  [
    'Berlin, forward',
    '0,30 2 * * *',
    'Europe/Berlin',
    '2026-03-28T12:00:00Z',
    ['2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-30T00:00Z', '2026-03-30T00:30Z'],
  ],
  [
    'Berlin, back',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-24T12:00:00Z',
    ['2026-10-25T01:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'Lord Howe, forward by half an hour',
    '15,45 1,2 * * *',
    'Australia/Lord_Howe',
    '2026-10-03T14:30:00Z',
    ['2026-10-03T14:45Z', '2026-10-03T15:15Z', '2026-10-03T15:45Z', '2026-10-04T14:15Z'],
  ],
  [
    'Lord Howe, back by half an hour',
    '15,45 1,2 * * *',
    'Australia/Lord_Howe',
    '2026-04-04T00:00:00Z',
    ['2026-04-04T14:15Z', '2026-04-04T15:15Z', '2026-04-04T15:45Z', '2026-04-04T16:15Z', '2026-04-05T14:45Z'],
  ],
  [
    'Santiago, forward over midnight',
    '15 0 * * *',
    'America/Santiago',
    '2026-09-05T12:00:00Z',
    ['2026-09-06T04:15Z', '2026-09-07T03:15Z'],
  ],
  [
    'Santiago, back over midnight',
    '15 23 * * *',
    'America/Santiago',
    '2026-04-04T12:00:00Z',
    ['2026-04-05T03:15Z', '2026-04-06T03:15Z'],
  ],
];

for (const [what, schedule, zone, after, expected] of CHANGES)
  test(what, () => assert.equal(ticks(schedule, zone, after, expected.length), expected));

test('a date that never comes has no tick', () => {
  const never = { ...crontab('0 0 * 2 *'), daysOfMonth: [30] };
  assert.is(nextTick(never, 'GMT', 0), undefined);
});

test('a tick is always after the instant that was asked for, and no tick is left out', () => {
  const read = crontab('*/20 * * * *');
  for (const zone of ['GMT', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'])
    for (const start of ['2026-03-07T00:00:00Z', '2026-10-24T00:00:00Z', '2026-10-31T00:00:00Z']) {
      let last = Date.parse(start);
      for (let turn = 0; turn < 300; turn++) {
        const tick = nextTick(read, zone, last) as number;
        const gapMinutes = (tick - last) / 60_000;
        assert.ok(
          gapMinutes > 0 && (gapMinutes === 20 || zone === 'Australia/Lord_Howe'),
          `${zone} ${iso(tick)}`,
        );
        assert.is(nextTick(read, zone, tick - 1), tick);
        last = tick;
      }
    }
});

test('ticks of a span are counted up to a limit, and the last one is found however many there are', () => {
  const from = Date.parse('2026-01-01T00:00:00Z');
  const until = Date.parse('2026-03-01T00:00:30Z');
  const last = Date.parse('2026-03-01T00:00:00Z');
  assert.equal(ticksBetween(crontab('* * * * *'), 'GMT', from, until, 1000), { count: 1000, lastMs: last });
  assert.equal(ticksBetween(crontab('0 0 * * *'), 'GMT', from, until, 1000), { count: 59, lastMs: last });
  assert.equal(ticksBetween(crontab('* 3 1 1 *'), 'GMT', from, until, 10), {
    count: 10,
    lastMs: Date.parse('2026-01-01T03:59:00Z'),
  });
  assert.equal(ticksBetween(crontab('0 0 1 12 *'), 'GMT', from, until, 10), { count: 0, lastMs: undefined });
});

test('zones are those of the tz database', () => {
  for (const zone of ['GMT', 'UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])
    assert.ok(isTimeZone(zone), zone);
  for (const zone of ['', 'Mars/Olympus', 'Berlin']) assert.not(isTimeZone(zone), zone);
});

test.run();
