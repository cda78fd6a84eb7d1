/**
 * What Prometheus' own linter says about a page of metrics, its rules written anew from their descriptions: help, types,
 * endings, base units, no abbreviations, no type in a name, snake case; and that the format itself is right.
 * Source of the rules: prometheus.io, "Metric and label naming", and what `promtool check metrics` reports.
 */

const ABBREVIATED = ['s', 'ms', 'us', 'ns', 'sec', 'secs', 'b', 'kb', 'mb', 'gb', 'tb', 'pb', 'm', 'h', 'd'];
const PREFIX =
  '(pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mebi|giga|gibi|tera|tebi|peta|pebi)';
const BASE = '(seconds?|bytes?|bits?|meters?|grams?|volts?)';
/** Words that name another unit than the base one. */
const OTHER_UNIT = new RegExp(
  `^(${PREFIX}${BASE}|nanos|micros|millis|minutes|hours|days|weeks|bits|kelvins|fahrenheit|inches|miles|pounds)$`,
);
const TYPES = ['counter', 'gauge', 'summary', 'histogram'];
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(,|$)/;

function nameProblems(name: string, type: string): string[] {
  const problems: string[] = [];
  if (!NAME.test(name)) problems.push('not a name, or one with a colon');
  if (type === 'counter' && !name.endsWith('_total')) problems.push('a counter that does not end in _total');
  if (type !== 'counter' && name.endsWith('_total')) problems.push('ends in _total and is no counter');
  if (/_(count|sum|bucket)$/.test(name)) problems.push('ends as a part of a summary or histogram does');
  for (const word of name.toLowerCase().split('_').slice(1)) {
    if (ABBREVIATED.includes(word)) problems.push(`abbreviates a unit: ${word}`);
    if (OTHER_UNIT.test(word)) problems.push(`is not in the base unit: ${word}`);
    if (TYPES.includes(word)) problems.push(`names its type: ${word}`);
  }
  if (/[a-z][A-Z]/.test(name)) problems.push('is in camel case');
  return problems;
}

/** Undefined when the text between the braces is no list of labels. */
function labelsOf(text: string): [name: string, value: string][] | undefined {
  const labels: [string, string][] = [];
  for (let rest = text; rest !== ''; ) {
    const [part, name = '', value = ''] = LABEL.exec(rest) ?? [];
    if (part === undefined) return undefined;
    labels.push([name, value]);
    rest = rest.slice(part.length);
  }
  return labels;
}

interface Page {
  readonly helps: Map<string, string>;
  readonly types: Map<string, string>;
  readonly sampled: Set<string>;
  readonly series: Set<string>;
}

function commentProblems({ helps, types }: Page, kind: string, name: string, rest: string): string[] {
  const known = kind === 'HELP' ? helps : types;
  const twice = known.has(name) ? [`${name}: has ${kind} twice`] : [];
  known.set(name, rest);
  if (kind === 'HELP') return twice;
  const unknown = [...TYPES, 'untyped'].includes(rest) ? [] : [`${name}: ${rest} is no type`];
  return [...twice, ...unknown, ...nameProblems(name, rest).map((what) => `${name}: ${what}`)];
}

function sampleProblems({ sampled, series, types }: Page, line: string): string[] {
  const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
  const labels = labelsOf(labelText);
  if (name === '' || labels === undefined) return [`not a sample: ${line}`];
  const family = types.has(name) ? name : name.replace(/_(count|sum|bucket)$/, '');
  const type = types.get(family);
  const problems: string[] = [];
  if (type === undefined) problems.push(`${name}: a sample before its type`);
  if (Number.isNaN(Number(value)) && value !== 'NaN') problems.push(`${name}: ${value} is no number`);
  for (const [label] of labels) {
    if (/[a-z][A-Z]/.test(label)) problems.push(`${name}: label ${label} is in camel case`);
    if (label === 'quantile' && type !== 'summary') problems.push(`${name}: quantile, but no summary`);
    if (label === 'le' && type !== 'histogram') problems.push(`${name}: le, but no histogram`);
  }
  const id = `${name} ${labels.map((label) => label.join('=')).sort()}`;
  if (series.has(id)) problems.push(`${id}: is there twice`);
  series.add(id);
  sampled.add(family);
  return problems;
}

/** Problems, each with the name that has it; none for a page that Prometheus is content with. */
export function lintMetrics(text: string): string[] {
  const page: Page = { helps: new Map(), types: new Map(), sampled: new Set(), series: new Set() };
  const problems = text.endsWith('\n') ? [] : ['the page does not end with a line feed'];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    problems.push(...(kind ? commentProblems(page, kind, name, rest) : sampleProblems(page, line)));
  }
  for (const name of page.types.keys()) {
    if (!page.helps.get(name)?.trim()) problems.push(`${name}: has no help`);
    if (!page.sampled.has(name)) problems.push(`${name}: has no sample`);
  }
  return problems;
}
