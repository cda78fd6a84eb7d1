/** Options by name; `null`, `false`, 0 and '' print only the flag. */
export interface OptionValues {
  readonly [name: string]: string | number | boolean | null;
}

/**
 * Command line options with one dash, as Java likes them.
 *
 * @example javaOptions('server', { Xmx512m: null }) // '-server -Xmx512m'
 */
export const javaOptions = (...options: readonly (string | OptionValues)[]): string =>
  flags(options, () => '-');

/**
 * Command line options with one dash before one letter and two before a word.
 *
 * @example pythonOptions('f', { retry: 3 }) // '-f --retry 3'
 */
export const pythonOptions = (...options: readonly (string | OptionValues)[]): string =>
  flags(options, (name) => (name.length === 1 ? '-' : '--'));

function flags(options: readonly (string | OptionValues)[], dashes: (name: string) => string): string {
  const pairs = options.flatMap((option): (readonly [string, OptionValues[string] | undefined])[] =>
    typeof option === 'string' ? [[option, null]] : Object.entries(option),
  );
  return pairs.map(([name, value]) => `${dashes(name)}${name}${value ? ` ${value}` : ''}`).join(' ');
}
