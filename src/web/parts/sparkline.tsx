import type { RunningShown } from '../../api/views/job.ts';
import { durationText } from '../text/durations.ts';
import { downtimes, pointsOf } from '../text/sparkline.ts';
import { Table } from './table.tsx';
import { ExactTime } from './time.tsx';

const [WIDTH, HEIGHT] = [600, 40];

/** How much of a job ran, over time; what nobody saw is a gap in the line. The same is below it as a table. */
export function Sparkline({ running }: { readonly running: RunningShown }) {
  const { endMs, percents, stepMs } = running;
  const rows = downtimes(running);
  const lasted = (isKnown: boolean) =>
    rows.reduce((sum, { fromMs, least, toMs }) => (least >= 0 === isKnown ? sum + toMs - fromMs : sum), 0);
  const [down, unknown] = [lasted(true), lasted(false)];
  const text = `${down === 0 ? 'all instances ran' : `not all instances ran for ${durationText(down)}`}${unknown === 0 ? '' : `, not known for ${durationText(unknown)}`}`;
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
        Since <ExactTime atMs={endMs - (percents.length - 1) * stepMs} />: {text}; looked at every{' '}
        {durationText(stepMs)}.
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
