import { badness } from './states.ts';

export interface StripCell {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** The worst state of its instances. */
  readonly state: string;
}

/** The most cells on one screen; more would be hard to see and slow to draw. */
const MOST_CELLS = 600;

/** Source of the three sizes: the original's page. */
const sizeOf = (cells: number): 'big' | 'medium' | 'small' =>
  cells <= 100 ? 'big' : cells <= 400 ? 'medium' : 'small';

/** Groups instances, sorted by id, into few enough cells that all can be seen. */
export function stripCells(
  ids: readonly number[],
  states: readonly string[],
): { readonly cells: readonly StripCell[]; readonly size: 'big' | 'medium' | 'small' } {
  const per = Math.max(1, Math.ceil(ids.length / MOST_CELLS));
  const cells: StripCell[] = [];
  for (let from = 0; from < ids.length; from += per) {
    const part = states.slice(from, from + per);
    const state = part.reduce((worst, one) => (badness(one) < badness(worst) ? one : worst));
    const last = Math.min(ids.length, from + per) - 1;
    cells.push({ first: ids[from] as number, last: ids[last] as number, count: part.length, state });
  }
  return { cells, size: sizeOf(cells.length) };
}
