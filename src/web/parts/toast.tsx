import { store, useStore } from '../data/store.ts';

/** The message that is shown; undefined for none. */
const said = store<{ readonly text: string; readonly bad: boolean } | undefined>(undefined);
const SHOWN_MS = 8_000;
let ending: ReturnType<typeof setTimeout> | undefined;

/** Shows the outcome of an action, good news for a few seconds, bad news until the reader closes it. */
export function say(text: string, bad = false): void {
  clearTimeout(ending);
  said.set({ text, bad });
  if (!bad) ending = setTimeout(() => said.set(undefined), SHOWN_MS);
}

export function Toast() {
  const shown = useStore(said);
  return (
    <div class="toast-place" role="status">
      {shown && (
        <div class={`toast ${shown.bad ? 'bad' : ''}`}>
          <span>{shown.text}</span>
          <button type="button" class="plain" aria-label="close" onClick={() => said.set(undefined)}>
            ✕
          </button>
        </div>
      )}
    </div>
  );
}
