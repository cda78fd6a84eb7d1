import type { StatusCounts } from '../../api/views/shared.ts';
import { badness, signOf } from '../text/states.ts';

/** The states of a job's tasks in a table row: a bar with a part for each state, and in words those not running. */
export function MiniStrip({ counts }: { readonly counts: StatusCounts }) {
  const parts = Object.entries(counts).sort(([a], [b]) => badness(a) - badness(b));
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const others = parts.filter(([state]) => state !== 'RUNNING');
  let x = 0;
  return (
    <span class="mini">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(([state, count]) => {
          const width = (100 * count) / total;
          const from = x;
          x += width;
          return <rect key={state} class={signOf(state).tone} x={from} width={width} height="8" />;
        })}
      </svg>
      {others.map(([state, count]) => (
        <span key={state} class={`state ${signOf(state).tone}`}>
          <span class="shape" aria-hidden="true">
            {signOf(state).shape}
          </span>
          {count} {state.toLowerCase()}
        </span>
      ))}
    </span>
  );
}
