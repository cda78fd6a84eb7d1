import { readFileSync } from 'node:fs';

/** The version of this package. Sources and built files are at the same depth below package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
