import { LIST_SIZES } from '../../api/views/shared.ts';
import { place } from '../data/place.ts';
import { useStore } from '../data/store.ts';
import { countText, wholeText } from '../text/amounts.ts';
import { withQuery } from '../text/paths.ts';

interface PagesProps {
  readonly total: number;
  readonly shown: number;
  readonly noun: string;
  readonly size?: number;
}

/** Says which part of a list is shown, with links to the parts before and after it. */
export function Pages({ noun, shown, size = LIST_SIZES.usual, total }: PagesProps) {
  const at = useStore(place);
  // The singular, for "1 role".
  const one = noun.replace(/s$/, '');
  const from = Number(new URLSearchParams(at.search).get('cursor') ?? 0);
  if (total <= shown && from === 0) return <p class="pages faint">{countText(total, one, noun)}</p>;
  const to = from + shown;
  return (
    <p class="pages">
      <span class="faint">{`${wholeText(from + 1)}-${wholeText(to)} of ${wholeText(total)} ${noun}`}</span>
      {from > 0 && (
        <a rel="prev" href={withQuery(at, { cursor: from > size ? String(from - size) : undefined })}>
          ← previous
        </a>
      )}
      {to < total && (
        <a rel="next" href={withQuery(at, { cursor: String(to) })}>
          next →
        </a>
      )}
    </p>
  );
}
