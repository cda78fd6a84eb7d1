/** Where the loader puts the values of `--bind` for `parameters`. */
const GIVEN = Symbol.for('aurora.binds');

/** Makes these values available to `parameters` (evaluation thread only). */
export function offerBinds(binds: Readonly<Record<string, string>>): void {
  Object.assign(globalThis, { [GIVEN]: binds });
}

/** A default, whose type decides, or `String`, `Number` or `Boolean` for a value that has to be given. */
export type ParameterSpec =
  | string
  | number
  | boolean
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor;

type Parameter<S> = S extends string | StringConstructor
  ? string
  : S extends number | NumberConstructor
    ? number
    : boolean;

/**
 * Reads values of `--bind NAME=VALUE` as what they are. All that are missing or do not fit are reported together.
 *
 * @example
 * const { build, shards, canary } = parameters({ build: String, shards: 3, canary: false });
 * // aurora job create ... --bind build=42 --bind canary=true
 */
export function parameters<const S extends { readonly [name: string]: ParameterSpec }>(
  specs: S,
): { readonly [K in keyof S]: Parameter<S[K]> } {
  const given = (globalThis as { [GIVEN]?: Readonly<Record<string, string>> })[GIVEN] ?? {};
  const wrong: string[] = [];
  const values = Object.entries(specs).map(([name, spec]) => {
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    const value = text === undefined ? defaultOf(spec) : parsed(spec, text);
    if (value === undefined) wrong.push(complaint(name, spec, text));
    return [name, value];
  });
  if (wrong.length > 0) throw new TypeError(wrong.join('; '));
  return Object.freeze(Object.fromEntries(values));
}

const defaultOf = (spec: ParameterSpec) => (typeof spec === 'function' ? undefined : spec);
const kindOf = (spec: ParameterSpec): string =>
  typeof spec === 'function' ? spec.name.toLowerCase() : typeof spec;

function parsed(spec: ParameterSpec, text: string): string | number | boolean | undefined {
  switch (kindOf(spec)) {
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()];
    default:
      return text;
  }
}

function complaint(name: string, spec: ParameterSpec, text: string | undefined): string {
  const wanted = kindOf(spec) === 'string' ? 'VALUE' : kindOf(spec) === 'number' ? 'NUMBER' : 'true|false';
  return text === undefined
    ? `parameter ${name} is missing: pass --bind ${name}=${wanted}`
    : `parameter ${name} is ${JSON.stringify(text)}: pass --bind ${name}=${wanted}`;
}
