import { readFileSync } from 'node:fs';
import { parser } from '@lezer/python';
import { wireName } from '../dsl/schema/struct-table.ts';
import { lineAt } from './python/place.ts';

/** Lines of original files that set a field of this name in any struct, such as `web.aurora:12`. */
export function originalPlaces(paths: readonly string[], field: string): readonly string[] {
  const name = wireName(field);
  return paths.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const lines = new Set<number>();
    parser.parse(text).iterate({
      enter: ({ name: kind, node, from, to }) => {
        if (kind !== 'VariableName' || node.nextSibling?.name !== 'AssignOp') return;
        if (node.parent?.name === 'ArgList' && text.slice(from, to) === name) lines.add(lineAt(text, from));
      },
    });
    return [...lines].map((line) => `${path}:${line}`);
  });
}
