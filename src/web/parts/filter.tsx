import { useEffect, useRef } from 'preact/hooks';
import { go, place } from '../data/place.ts';
import { useStore } from '../data/store.ts';
import { withQuery } from '../text/paths.ts';

/** So long after the last key the list is asked for. */
const PAUSE_MS = 200;

/** A box whose text is `q` of the address. */
export function Filter({ label }: { readonly label: string }) {
  const at = useStore(place);
  const q = new URLSearchParams(at.search).get('q') ?? '';
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    // Back leads to another text; what is being typed stays.
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
  /** The value, and what is shown for it; the empty value stands for all. */
  readonly values: readonly (readonly [value: string, text: string])[];
}

/** A choice that is a value of the address. */
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
