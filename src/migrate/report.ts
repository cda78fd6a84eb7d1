import { relative } from 'node:path';
import type { MarkedPlace, MigratedFile } from './migrate.ts';

/** A report of what was written, and of the places that somebody has to look at. */
export function migrationReport(files: readonly MigratedFile[], folder: string): string {
  const shown = (path: string) => {
    const near = relative(folder, path);
    return near.startsWith('../..') ? path : near;
  };
  const places = files.flatMap((file) => file.places);
  const lines = [
    ...files.map(({ source, target }) => `wrote ${shown(target)} (from ${shown(source)})`),
    ...listed(places, 'open', 'not translated: the file stops there when it is loaded', shown),
    ...listed(places, 'note', 'to look at: the translation is made, and may differ here', shown),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Whether something could not be translated. */
export const isOpen = (files: readonly MigratedFile[]): boolean =>
  files.some(({ places }) => places.some(({ weight }) => weight === 'open'));

function listed(
  places: readonly MarkedPlace[],
  weight: MarkedPlace['weight'],
  title: string,
  shown: (path: string) => string,
): readonly string[] {
  const own = places.filter((place) => place.weight === weight);
  if (own.length === 0) return [];
  return [
    `${own.length} ${own.length === 1 ? 'place is' : 'places are'} ${title}`,
    ...own.flatMap(({ where, reason, original }) => [`  ${shown(where)}: ${reason}`, `    ${original}`]),
  ];
}
