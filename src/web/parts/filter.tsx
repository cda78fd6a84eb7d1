import { useEffect, useRef } from 'preact/hooks';
import { go, place } from '../data/place.ts';
import { useStore } from '../data/store.ts';
import { withQuery } from '../text/paths.ts';

/** How long after the last keystroke the list is requested. */
const PAUSE_MS = 200;

/** A text box whose value is `q` in the address. */
export function Filter({ label }: { readonly label: string }) {
  const at = useStore(place);
  const q = new URLSearchParams(at.search).get('q') ?? '';
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    // The browser's Back may change `q`; text that is being typed is kept.
    if (box.current && document.activeElement !== box.current) box.current.value = q;
  }, [q]);
  const onInput = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      go(withQuery(place.get(), { q: box.current?.value.trim() }), 'replace');
    }, PAUSE_MS);
  };
  return (
    <input
      ref={box}
      class="filter"
      type="search"
      placeholder={label}
      aria-label={label}
      defaultValue={q}
      onInput={onInput}
    />
  );
}

interface ChoicesProps {
  readonly name: string;
  readonly label: string;
  /** Values and the texts shown for them; the empty value stands for all. */
  readonly values: readonly (readonly [value: string, text: string])[];
}

/** A row of links that choose a value in the address. */
export function Choices({ label, name, values }: ChoicesProps) {
  const at = useStore(place);
  const chosen = new URLSearchParams(at.search).get(name) ?? '';
  return (
    <nav class="choices" aria-label={label}>
      {values.map(([value, text]) => (
        <a
          key={value}
          href={withQuery(at, { [name]: value })}
          aria-current={value === chosen ? 'true' : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}
