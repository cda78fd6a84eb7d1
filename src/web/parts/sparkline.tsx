import type { RunningShown } from '../../api/views/job.ts';
import { downtimes, pointsOf } from '../text/sparkline.ts';
import { Table } from './table.tsx';
import { ExactTime } from './time.tsx';

const [WIDTH, HEIGHT] = [600, 40];

/** How much of a job ran, over time; what nobody saw is a gap in the line. The same is below it as a table. */
export function Sparkline({ running }: { readonly running: RunningShown }) {
  const { endMs, percents, stepMs } = running;
  const rows = downtimes(running);
  const text =
    rows.length === 0 ? 'all instances ran whenever it was looked at' : `${rows.length} times not all ran`;
  return (
    <figure class="sparkline">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`share of running instances: ${text}`}
      >
        <line class="full" x1="0" x2={WIDTH} y1="1" y2="1" />
        {pointsOf(percents, WIDTH, HEIGHT).map((points) => (
          <polyline key={points} points={points} />
        ))}
      </svg>
      <figcaption class="faint">
        Running since <ExactTime atMs={endMs - (percents.length - 1) * stepMs} />: {text}.
      </figcaption>
      {rows.length > 0 && (
        <details>
          <summary>As a table</summary>
          <Table
            label="times in which not all instances ran"
            rows={rows}
            keyOf={({ fromMs }) => String(fromMs)}
            columns={[
              { head: 'From', cell: ({ fromMs }) => <ExactTime atMs={fromMs} /> },
              { head: 'Until', cell: ({ toMs }) => <ExactTime atMs={toMs} /> },
              {
                head: 'Running',
                wide: true,
                cell: ({ least }) => (least < 0 ? 'not known' : `${least} % at least`),
              },
            ]}
          />
        </details>
      )}
    </figure>
  );
}
