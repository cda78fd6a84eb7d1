import type { ComponentChildren } from 'preact';
import { go, place } from '../data/place.ts';
import { wrapLines } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { withQuery } from '../text/paths.ts';

interface LogToolsProps {
  /** Names of the processes that wrote something. */
  readonly processes: readonly string[];
  readonly filter: (text: string) => void;
  readonly find: (text: string) => void;
  /** Goes to the next or previous line that matches the search. */
  readonly step: (by: 1 | -1) => void;
  readonly children: ComponentChildren;
}

/** A drop-down list whose value is kept in the address. */
function Pick({
  label,
  name,
  values,
}: {
  readonly label: string;
  readonly name: string;
  readonly values: readonly (readonly [value: string, text: string])[];
}) {
  const at = useStore(place);
  const chosen = new URLSearchParams(at.search).get(name) ?? '';
  return (
    <select
      aria-label={label}
      value={chosen}
      onChange={(event) => go(withQuery(at, { [name]: event.currentTarget.value }), 'replace')}
    >
      {values.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** The tools above a log: choose what is shown, and search in it. */
export function LogTools({ children, filter, find, processes, step }: LogToolsProps) {
  const wrap = useStore(wrapLines);
  return (
    <div class="writes">
      <input
        class="filter"
        type="search"
        placeholder="filter: text or /regex/"
        aria-label="filter the log"
        onInput={(event) => filter(event.currentTarget.value)}
      />
      <Pick
        name="process"
        label="process"
        values={[['', 'all processes'], ...processes.map((name) => [name, name] as const)]}
      />
      <Pick
        name="stream"
        label="stream"
        values={[
          ['', 'stdout and stderr'],
          ['stdout', 'stdout'],
          ['stderr', 'stderr'],
        ]}
      />
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          step(1);
        }}
      >
        <input
          class="filter"
          type="search"
          placeholder="find"
          aria-label="find in the log"
          onInput={(event) => find(event.currentTarget.value)}
        />
        <button type="submit" data-key="n" title="next (n)" aria-label="next line that has it">
          ↓
        </button>
        <button
          type="button"
          data-key="N"
          title="previous (N)"
          aria-label="previous line that has it"
          onClick={() => step(-1)}
        >
          ↑
        </button>
      </form>
      <label class="row">
        <input
          type="checkbox"
          data-key="w"
          checked={wrap === 'on'}
          onChange={(event) => wrapLines.set(event.currentTarget.checked ? 'on' : 'off')}
        />
        wrap
      </label>
      {children}
    </div>
  );
}
