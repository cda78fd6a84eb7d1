// Reports what changed between two runs of the benchmarks; each is a file of what they printed or saved.

/** A smaller change counts as noise on any machine, however steady the runs look. */
const LEAST_NOISE = 0.1;

/** Units for which less is better; for all others (1/s, tasks/s, decisions/s) more is better. */
const LESS_IS_BETTER = new Set(['us', 'ms', 's', 'bytes', 'B', 'kB', 'MB']);
const TIMES = new Set(['us', 'ms', 's']);

/** The figures in a text: `[{ bench, name, value, unit, conditions, machine }]`. Other lines are ignored. */
export function figuresIn(text) {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      const one = JSON.parse(line);
      return typeof one.name === 'string' && typeof one.value === 'number' ? [one] : [];
    } catch {
      return [];
    }
  });
}

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The range of the values of one name, as a fraction of their median. */
const spread = (values) => (Math.max(...values) - Math.min(...values)) / Math.abs(middle(values) || 1);

/** The value as measured on a machine that takes 1 us for `json`. Sizes do not depend on the machine's speed. */
function onEqualMachine({ value, unit, machine }) {
  if (!machine?.jsonUs) return value;
  if (TIMES.has(unit)) return value / machine.jsonUs;
  return unit.endsWith('/s') ? value * machine.jsonUs : value;
}

/** Groups figures by bench and name, because several benches may have a figure of the same name. */
function byName(figures) {
  const groups = new Map();
  for (const one of figures) {
    const name = one.bench ? `${one.bench} ${one.name}` : one.name;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return groups;
}

/**
 * Makes one row for each figure that is in both runs. `ratio` is new to old; `fair` is the same on machines of equal
 * speed and decides the `verdict`. The noise of a figure comes from its repetitions.
 */
export function compared(oldFigures, newFigures) {
  const before = byName(oldFigures);
  return [...byName(newFigures)].flatMap(([name, now]) => {
    const then = before.get(name);
    if (!then) return [];
    const { unit } = now[0];
    const value = (figures) => middle(figures.map((one) => one.value));
    const fairs = [then, now].map((figures) => figures.map(onEqualMachine));
    const noise = Math.max(LEAST_NOISE, ...fairs.map(spread));
    const fair = middle(fairs[1]) / middle(fairs[0]);
    // Growing by a factor of 1.25 counts as much as shrinking by 1 / 1.25.
    const moved = fair > 1 + noise || fair < 1 / (1 + noise);
    const better = LESS_IS_BETTER.has(unit) ? fair < 1 : fair > 1;
    const verdict = unit === 'exponent' ? 'see' : !moved ? 'same' : better ? 'better' : 'worse';
    const row = { name, unit, before: value(then), now: value(now), ratio: value(now) / value(then), fair };
    return [{ ...row, noise, verdict }];
  });
}

const number = (value) => String(Number(value.toPrecision(4)));

/** The rows as lines of text. Changed ones come last, where they are noticed. */
export function comparisonText(rows) {
  const order = ['same', 'see', 'better', 'worse'];
  const cells = [...rows]
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .map((row) => [
      row.verdict,
      row.name,
      `${number(row.before)} -> ${number(row.now)} ${row.unit}`,
      `x ${row.ratio.toFixed(2)}`,
      `x ${row.fair.toFixed(2)} on equal machines`,
      `noise ${(row.noise * 100).toFixed(0)} %`,
    ]);
  const widths = cells[0]?.map((_, at) => Math.max(...cells.map((row) => row[at].length))) ?? [];
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
