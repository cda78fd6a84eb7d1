import { useNow } from '../data/clock.ts';
import { useStore } from '../data/store.ts';
import { hearing, shownView } from '../data/view.ts';
import { durationText } from '../text/durations.ts';

const WORDS = {
  live: ['●', 'live', 'changes appear by themselves'],
  polling: [
    '◌',
    'polling',
    'something on the way cuts the stream of changes: the page asks every few seconds',
  ],
  off: ['○', 'connecting', 'no stream of changes yet'],
} as const;

/** Says whether the page is up to date. */
export function LiveSign() {
  const how = useStore(hearing);
  const { stale } = useStore(shownView);
  useNow();
  const [sign, word, title] = stale
    ? ['✕', `${durationText(Date.now() - stale.sinceMs)} old`, stale.why]
    : WORDS[how];
  return (
    <span class={`live ${stale ? 'bad' : how}`} title={title} role="status">
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
