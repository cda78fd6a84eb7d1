/** The times at which a cron job runs, as sorted numbers. Days of the week count from Sunday, 0. */
export interface Crontab {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
}

interface Field {
  /** The field's name in messages. */
  readonly what: string;
  readonly least: number;
  readonly most: number;
  /** Names that may replace the numbers, beginning with the one for `least`. */
  readonly names?: readonly string[];
}

const FIELDS = {
  minutes: { what: 'minute', least: 0, most: 59 },
  hours: { what: 'hour', least: 0, most: 23 },
  daysOfMonth: { what: 'day of the month', least: 1, most: 31 },
  months: {
    what: 'month',
    least: 1,
    most: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  daysOfWeek: {
    what: 'day of the week',
    least: 0,
    most: 6,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  },
} as const satisfies Record<keyof Crontab, Field>;

/**
 * Parses a cron schedule of five fields made of numbers, names, `*`, ranges, steps and lists. Returns either the times
 * or the problem, worded as the end of a sentence about the schedule. A schedule may restrict the days of the month or
 * the days of the week, but not both. Source: the original scheduler's CrontabEntry.
 */
export function parseCrontab(schedule: string): Crontab | { readonly problem: string } {
  const words = schedule.trim().split(/\s+/);
  const names = Object.keys(FIELDS) as (keyof Crontab)[];
  if (words.length !== names.length) {
    const got = schedule.trim() === '' ? 'none' : words.length;
    return {
      problem: `needs five fields (minute, hour, day of the month, month, day of the week), has ${got}`,
    };
  }
  const numbers = new Map<keyof Crontab, readonly number[]>();
  for (const [index, name] of names.entries()) {
    const read = readField(words[index] as string, FIELDS[name]);
    if (typeof read === 'string') return { problem: read };
    numbers.set(name, read);
  }
  const crontab = Object.fromEntries(numbers) as unknown as Crontab;
  return isRestricted(crontab, 'daysOfMonth') && isRestricted(crontab, 'daysOfWeek')
    ? { problem: 'restricts the days of the month and those of the week: one of them has to be *' }
    : comes(crontab)
      ? crontab
      : { problem: 'names a day that none of its months has, so that it never runs' };
}

/**
 * Writes the schedule in its shortest equivalent form: `*` for a whole field, ranges, no steps and no names. Source:
 * the original's CrontabEntry.
 */
export const crontabText = (crontab: Crontab): string =>
  (Object.keys(FIELDS) as (keyof Crontab)[])
    .map((name) => (isRestricted(crontab, name) ? fieldText(crontab[name]) : '*'))
    .join(' ');

function fieldText(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open && open[1] + 1 === number) open[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** Days in each month; February has its leap day. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether at least one of the months has at least one of the days. */
const comes = ({ daysOfMonth, months }: Crontab): boolean =>
  months.some((month) => (daysOfMonth[0] as number) <= (MONTH_DAYS[month - 1] as number));

const isRestricted = (crontab: Crontab, name: keyof Crontab): boolean => {
  const { least, most } = FIELDS[name];
  return crontab[name].length <= most - least;
};

/** All numbers that a field matches, or what is wrong with it. */
function readField(text: string, field: Field): readonly number[] | string {
  const all = new Set<number>();
  for (const part of text.split(',')) {
    const numbers = readPart(part, field);
    if (!numbers) return `has ${JSON.stringify(text)} as its ${field.what}; ${wanted(field)}`;
    for (const number of numbers) all.add(number);
  }
  return [...all].sort((a, b) => a - b);
}

const wanted = ({ least, most, names }: Field): string =>
  `it has to be made of *, numbers from ${least} to ${most}, ${names ? `names like ${names[0]}, ` : ''}ranges like 1-5 and steps like */2`;

/** `*`, a number, a name or a range, optionally followed by a step. */
const PART = /^(?:(\*)|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/i;

/** Parses one element of a list; undefined when it is invalid. */
function readPart(part: string, { least, most, names = [] }: Field): readonly number[] | undefined {
  const [, star, first, last, stepText] = PART.exec(part) ?? [];
  if (star === undefined && first === undefined) return undefined;
  const numbered = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    return named >= 0 ? least + named : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const step = stepText === undefined ? 1 : Number(stepText);
  // A step beyond the field or the range would only ever match the start.
  if (stepText !== undefined && !(step >= 1 && (star ? step <= most : step < numbered(last ?? ''))))
    return undefined;
  const from = star ? least : numbered(first as string);
  const to = star ? most : numbered((last ?? first) as string);
  if (!(from >= least && to <= most && from <= to)) return undefined;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}
