import type { UpdateReply } from '../../api/views/updates.ts';
import { useNow } from '../data/clock.ts';
import { countText } from '../text/amounts.ts';
import { durationText } from '../text/durations.ts';
import { foldedLanes, type LaneState, lanesOf } from '../text/lanes.ts';
import { instancePath } from '../text/paths.ts';
import { isActiveUpdate } from '../text/states.ts';
import { Empty } from './layout.tsx';
import { Table } from './table.tsx';
import { Time } from './time.tsx';

/** How many lanes are drawn, and rows shown in the table below them. */
const MOST_LANES = 60;
const ROW = 16;
const LEFT = 52;
const WIDTH = 1000;

const TONES: Readonly<Record<LaneState, string>> = {
  updating: 'busy',
  updated: 'good',
  failed: 'bad',
  'rolling back': 'waiting',
  'rolled back': 'quiet',
};

/** The course of an update: one lane per instance, with time from left to right, and the same as a table below. */
export function Timeline({ view }: { readonly view: UpdateReply }) {
  const nowMs = useNow();
  const { events, row } = view;
  const endMs = isActiveUpdate(row.status) ? nowMs : row.modifiedMs;
  const all = lanesOf(view);
  const lanes = foldedLanes(all, MOST_LANES, nowMs);
  const spanMs = Math.max(1, endMs - row.createdMs);
  const x = (atMs: number): number =>
    LEFT + ((WIDTH - LEFT) * Math.min(spanMs, Math.max(0, atMs - row.createdMs))) / spanMs;
  const height = lanes.length * ROW + 18;
  if (lanes.length === 0) return <Empty>This update is about no instance.</Empty>;
  return (
    <>
      <p class="legend">
        {Object.entries(TONES).map(([state, tone]) => (
          <span key={state} class="row">
            <svg width="12" height="12" aria-hidden="true">
              <rect class={tone} width="12" height="12" rx="2" />
            </svg>
            {state}
          </span>
        ))}
        {lanes.length < all.length && (
          <span class="faint">
            {`${lanes.length} of ${countText(all.length, 'instance')}: failed ones, those under way, the slowest`}
          </span>
        )}
      </p>
      <svg
        class="timeline"
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label="course of the instances; the table below says the same"
      >
        {events.map(({ atMs, status }) => (
          <line key={`${atMs} ${status}`} x1={x(atMs)} x2={x(atMs)} y1="0" y2={height - 16}>
            <title>{status}</title>
          </line>
        ))}
        {lanes.map(({ instance, segments }, at) => (
          <g key={instance}>
            <text x="0" y={at * ROW + 11}>
              {instance}
            </text>
            {segments.map(({ fromMs, message, state, toMs }) => {
              const from = x(fromMs);
              return (
                <rect
                  key={fromMs}
                  class={TONES[state]}
                  x={from}
                  y={at * ROW + 2}
                  width={Math.max(2, x(toMs ?? endMs) - from)}
                  height={ROW - 4}
                  rx="2"
                >
                  <title>{`${instance} ${state}${toMs === undefined ? '' : ` for ${durationText(toMs - fromMs)}`}${message ? `: ${message}` : ''}`}</title>
                </rect>
              );
            })}
          </g>
        ))}
        <text x={LEFT} y={height - 3}>
          start
        </text>
        <text x={WIDTH} y={height - 3} text-anchor="end">
          {`${isActiveUpdate(row.status) ? 'now' : 'end'}, after ${durationText(spanMs)}`}
        </text>
      </svg>
      <details>
        <summary>As a table</summary>
        <Table
          label="course of the instances"
          rows={lanes}
          keyOf={({ instance }) => String(instance)}
          columns={[
            {
              head: 'Instance',
              number: true,
              cell: ({ instance }) => <a href={instancePath(row.job, instance)}>{instance}</a>,
            },
            {
              head: 'Is',
              cell: ({ segments }) =>
                segments.at(-1)?.state ?? <span class="faint">waiting for its turn</span>,
            },
            { head: 'Since', cell: ({ segments }) => <Time atMs={segments.at(-1)?.fromMs} /> },
            { head: 'Message', wide: true, cell: ({ segments }) => segments.at(-1)?.message },
          ]}
        />
      </details>
    </>
  );
}
