import { COLLECTION_HELPERS } from './helpers/collections.ts';
import { FORMAT_HELPERS } from './helpers/formats.ts';
import type { Helper } from './helpers/helper.ts';
import { NUMBER_HELPERS } from './helpers/numbers.ts';
import { SYSTEM_HELPERS } from './helpers/system.ts';
import { TEXT_HELPERS } from './helpers/texts.ts';
import { VALUE_HELPERS } from './helpers/values.ts';

const HELPERS: Readonly<Record<string, Helper>> = {
  ...VALUE_HELPERS,
  ...NUMBER_HELPERS,
  ...TEXT_HELPERS,
  ...FORMAT_HELPERS,
  ...COLLECTION_HELPERS,
  ...SYSTEM_HELPERS,
};

/** The wanted helpers and all that they need in turn, in a fixed order. */
export function helperTexts(
  wanted: ReadonlySet<string>,
  nameOf: (helper: string) => string,
): readonly string[] {
  const all = new Set<string>();
  const add = (name: string) => {
    if (all.has(name)) return;
    all.add(name);
    for (const needed of HELPERS[name]?.needs ?? []) add(needed);
  };
  for (const name of wanted) add(name);
  return Object.keys(HELPERS)
    .filter((name) => all.has(name))
    .map((name) => renamed((HELPERS[name] as Helper).text, [...all], nameOf));
}

/** Renames helpers whose names the file uses for something else, also where other helpers call them. */
function renamed(text: string, helpers: readonly string[], nameOf: (helper: string) => string): string {
  return helpers.reduce((result, helper) => {
    const name = nameOf(helper);
    if (name === helper) return result;
    return result.replace(
      new RegExp(`(?<![\\w.'"\`])${helper}(?=\\()|(?<=map\\()${helper}(?=\\))`, 'g'),
      name,
    );
  }, text);
}
