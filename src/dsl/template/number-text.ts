import type { Scalar } from '../schema/node.ts';

/**
 * Formats a floating point number like the original: 12 significant digits, and always a fraction or an exponent
 * (`1.0`, `1e-05`, `3.14159265359`).
 */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', power = '0'] = value.toExponential(11).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 12) {
    const fixed = value.toFixed(11 - exponent);
    const short = fixed.includes('.') ? fixed.replace(/0+$/, '') : fixed;
    return short.endsWith('.') ? `${short}0` : short.includes('.') ? short : `${short}.0`;
  }
  const mantissa = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** A value as text in a template: integers without a fraction, booleans capitalised. */
export function scalarText(value: Scalar): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return Number.isInteger(value) ? BigInt(value).toString() : floatText(value);
    case 'bigint':
      return value.toString();
    default:
      return floatText(value.value);
  }
}
