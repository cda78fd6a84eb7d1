import { wholeText } from '../text/amounts.ts';
import { signOf, stateWord } from '../text/states.ts';

/** A state as shape, colour and word; with `short` the word is only for screen readers and the tooltip. */
export function State({ state, short = false }: { readonly state: string; readonly short?: boolean }) {
  const { shape, tone } = signOf(state);
  return (
    <span class={`state ${tone}`} title={short ? stateWord(state) : undefined}>
      <span class="shape" aria-hidden="true">
        {shape}
      </span>
      <span class={short ? 'unseen' : undefined}>{stateWord(state)}</span>
    </span>
  );
}

/** The number of tasks in a state. */
export function StateCount({ state, count }: { readonly state: string; readonly count: number }) {
  const { shape, tone } = signOf(state);
  return (
    <span class={`state ${tone}`}>
      <span class="shape" aria-hidden="true">
        {shape}
      </span>
      <b class="number">{wholeText(count)}</b> {stateWord(state).toLowerCase()}
    </span>
  );
}
