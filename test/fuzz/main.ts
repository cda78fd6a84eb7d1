/** `npm run fuzz -- TARGET...`: what others send us, broken in every way. */
import { toolOptions } from '../harness/tool-options.ts';
import { fuzz } from './fuzz.ts';
import { reportText } from './report-text.ts';
import { TARGET_NAMES } from './targets.ts';

const USAGE = `npm run fuzz -- TARGET...: what others send us, broken in every way; without a target, all of them.
  --seconds N  for each target (default 10)
  --seed S     the first one (default: another one each time)
  --first N    number of the first input (default 0)
  --input HEX  only this input

The targets: ${TARGET_NAMES.join(', ')}`;

const { fail, positionals, values } = toolOptions(USAGE, {
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
if (unknown.length > 0) fail(`there is no target ${unknown.join(', ')}`);
if (numbers.some(Number.isNaN)) fail('--seconds, --seed and --first take numbers');
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const order = { seed, ms: Number(values.seconds) * 1000, first: Number(values.first), input: values.input };
const reports = await fuzz(
  names.map((name) => ({ name, ...order })),
  (report) => console.log(reportText(report)),
);
process.exit(reports.every(({ findings }) => findings.length === 0) ? 0 : 1);
