/**
 * `npm run fuzz -- TARGET...`: what others send us, broken in every way; without a target, all of them.
 *   --seconds N  for each target (default 10)
 *   --seed S     the first one (default: another one each time)
 *   --first N    number of the first input (default 0)
 *   --input HEX  only this input
 */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { reportText } from './report-text.ts';
import { TARGET_NAMES } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string' },
    first: { type: 'string', default: '0' },
    input: { type: 'string' },
  },
});
const names = positionals.length > 0 ? positionals : TARGET_NAMES;
const unknown = names.filter((name) => !TARGET_NAMES.includes(name));
const numbers = [values.seconds, values.seed ?? '0', values.first].map(Number);
if (unknown.length > 0 || numbers.some(Number.isNaN)) {
  if (unknown.length > 0)
    console.error(`no target ${unknown.join(', ')}; there are: ${TARGET_NAMES.join(', ')}`);
  else console.error('--seconds, --seed and --first take numbers');
  process.exit(2);
}
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const order = { seed, ms: Number(values.seconds) * 1000, first: Number(values.first), input: values.input };
const reports = await fuzz(
  names.map((name) => ({ name, ...order })),
  (report) => console.log(reportText(report)),
);
process.exit(reports.every(({ findings }) => findings.length === 0) ? 0 : 1);
