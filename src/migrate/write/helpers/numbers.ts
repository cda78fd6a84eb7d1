import type { Helper } from './helper.ts';

/** Helpers for Python's numbers. */
export const NUMBER_HELPERS: Readonly<Record<string, Helper>> = {
  floatText: {
    text: `/** A floating point number as Python 2 writes it: \`1.0\`, \`0.25\`, \`1e-05\`. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', power = ''] = value.toExponential(11).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 12) {
    const sign = exponent < 0 ? '-' : '+';
    return \`\${Number(digits)}e\${sign}\${String(Math.abs(exponent)).padStart(2, '0')}\`;
  }
  const text = String(Number(value.toFixed(11 - exponent)));
  return text.includes('.') ? text : \`\${text}.0\`;
}`,
  },
  floatRepr: {
    text: `/** A floating point number as Python writes it: \`1.0\`, \`0.25\`, \`1e-05\`. */
function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return \`\${digits}e\${sign}\${String(Math.abs(exponent)).padStart(2, '0')}\`;
  }
  const text =
    exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : String(value);
  return text.includes('.') ? text : \`\${text}.0\`;
}`,
  },
  divided: {
    text: `/** Python's \`divmod\`. */
function divided(value: number, by: number): [number, number] {
  const whole = Math.floor(value / by);
  return [whole, value - whole * by];
}`,
  },
  modulo: {
    text: `/** The remainder as Python has it: it has the sign of the divisor. */
function modulo(left: number, right: number): number {
  return ((left % right) + right) % right;
}`,
  },
  fixed: {
    text: `/** A number with a fixed count of decimals, ties to the even digit as Python has them. */
function fixed(value: number, digits: number): string {
  const exact = value.toFixed(Math.min(100, digits + 30));
  const kept = exact.slice(0, exact.length - 30 - (digits === 0 ? 1 : 0));
  const isTie = /^\\.?50*$/.test(exact.slice(kept.length));
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(digits);
}`,
  },
  padded: {
    text: `/** A whole number with zeros in front. */
function padded(value: number, width: number): string {
  return value < 0 ? \`-\${String(-value).padStart(width - 1, '0')}\` : String(value).padStart(width, '0');
}`,
  },
  rounded: {
    text: `/** Python 2's \`round\`: halves away from zero. */
function rounded(value: number, digits = 0): number {
  if (digits >= 0) return Math.sign(value) * Number(Math.abs(value).toFixed(digits));
  const scale = 10 ** -digits;
  return Math.sign(value) * Math.round(Math.abs(value) / scale) * scale;
}`,
  },
  roundedToEven: {
    text: `/** Python 3's \`round\`: halves to the even number. */
function roundedToEven(value: number, digits = 0): number {
  if (digits >= 0) return Number(fixed(value, digits));
  const scaled = value * 10 ** digits;
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 !== 0);
  return (floor + (up ? 1 : 0)) / 10 ** digits;
}`,
    needs: ['fixed'],
  },
  toInt: {
    text: `/** Python's \`int\`: a text must be a whole number, a number loses its fraction. */
function toInt(value: any): number {
  if (typeof value === 'object' || value === undefined)
    throw Object.assign(new Error('int of something that is no number'), { name: 'TypeError' });
  if (typeof value !== 'string') return Math.trunc(Number(value));
  if (!/^\\s*[-+]?\\d+\\s*$/.test(value))
    throw Object.assign(new Error(\`\${value} is no whole number\`), { name: 'ValueError' });
  return Number(value);
}`,
  },
  toFloat: {
    text: `/** Python's \`float\`: a text must be a number. */
function toFloat(value: any): number {
  if (typeof value === 'object' || value === undefined)
    throw Object.assign(new Error('float of something that is no number'), { name: 'TypeError' });
  const found = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(found)) throw Object.assign(new Error(\`\${value} is no number\`), { name: 'ValueError' });
  return found;
}`,
  },
};
