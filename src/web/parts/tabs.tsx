import { place } from '../data/place.ts';
import { useStore } from '../data/store.ts';
import { withQuery } from '../text/paths.ts';

/** Tabs as links; the open one is kept in the address. */
export function Tabs({
  name,
  open,
  tabs,
}: {
  readonly name: string;
  readonly open: string;
  readonly tabs: readonly (readonly [value: string, text: string])[];
}) {
  const at = useStore(place);
  return (
    <nav class="tabs" aria-label="parts of this screen">
      {tabs.map(([value, text]) => (
        <a
          key={value}
          href={withQuery(at, { [name]: value, path: undefined })}
          aria-current={value === open ? 'page' : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}
