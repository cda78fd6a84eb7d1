import { countText } from '../text/amounts.ts';
import { signOf, stateWord } from '../text/states.ts';
import { stripCells } from '../text/strip.ts';

/** One cell per instance, or per group of neighbours if there are too many; the worst state gives the colour. */
export function Strip({
  hrefOf,
  ids,
  states,
}: {
  readonly ids: readonly number[];
  readonly states: readonly string[];
  readonly hrefOf: (instance: number) => string;
}) {
  const { cells, size } = stripCells(ids, states);
  return (
    <nav class={`strip ${size}`} aria-label={countText(ids.length, 'instance')}>
      {cells.map(({ count, first, last, state }) => {
        const { shape, tone } = signOf(state);
        const name = count === 1 ? `instance ${first}` : `instances ${first}-${last}, the worst`;
        return (
          <a
            key={first}
            class={tone}
            href={hrefOf(first)}
            title={`${name}: ${stateWord(state)}`}
            aria-label={`${name}: ${stateWord(state)}`}
          >
            {size === 'big' ? shape : ''}
          </a>
        );
      })}
    </nav>
  );
}
