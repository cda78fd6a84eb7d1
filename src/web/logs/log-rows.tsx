import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { wholeText } from '../text/amounts.ts';
import { instancePath } from '../text/paths.ts';
import type { LogLine } from './log-book.ts';
import { spansOf } from './log-spans.ts';

const ROW_PX = 18;
/** How many rows are drawn above and below the visible ones. */
const BEYOND = 20;
/** Scrolled this close to its end, the log follows. */
const NEAR_PX = ROW_PX * 2;
/** Wrapped rows differ in height and cannot be drawn selectively: this many last ones are drawn, and more on demand. */
const WRAPPED = 300;

interface RowProps {
  readonly job: string;
  readonly line: LogLine;
  readonly many: boolean;
  /** True for the row that the search has found. */
  readonly isFound: boolean;
  /** Index of its row if it is positioned absolutely; absent for wrapped rows. */
  readonly at?: number;
}

function Row({ at, isFound, job, line, many }: RowProps) {
  return (
    <div
      class={`log-line${line.isError ? ' error' : ''}${line.isSaid ? ' said' : ''}${isFound ? ' found' : ''}`}
      style={at === undefined ? undefined : { top: `${at * ROW_PX}px` }}
    >
      {many && (
        <a class={`log-of hue${line.instance % 12}`} href={instancePath(job, line.instance)}>
          {line.instance}
        </a>
      )}
      {line.isSaid ? '-- ' : <span class="log-of">{line.process}</span>}
      {spansOf(line.text).map(({ look, text }, part) => (
        <span key={part} class={look}>
          {text}
        </span>
      ))}
    </div>
  );
}

interface LogRowsProps {
  readonly job: string;
  readonly lines: readonly LogLine[];
  readonly many: boolean;
  readonly wrap: boolean;
  /** Index of the line that the search has found; the log stops following to show it. */
  readonly found: number | undefined;
}

/** The lines of a log; without wrapping, only rows near the visible ones are drawn. */
export function LogRows({ found, job, lines, many, wrap }: LogRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, see] = useState({ from: 0, to: 60 });
  const [follow, setFollow] = useState(true);
  const [most, setMost] = useState(WRAPPED);
  const look = () => {
    const { clientHeight, scrollTop } = box.current ?? { clientHeight: 0, scrollTop: 0 };
    const from = Math.max(0, Math.floor(scrollTop / ROW_PX) - BEYOND);
    const to = Math.ceil((scrollTop + clientHeight) / ROW_PX) + BEYOND;
    if (from !== seen.from || to !== seen.to) see({ from, to });
  };
  useLayoutEffect(() => {
    if (!follow || !box.current) return;
    box.current.scrollTop = box.current.scrollHeight;
    look();
  }, [lines, follow, wrap]);
  useLayoutEffect(() => {
    if (found === undefined || !box.current) return;
    setFollow(false);
    if (wrap) box.current.querySelector('.found')?.scrollIntoView({ block: 'center' });
    else box.current.scrollTop = Math.max(0, found * ROW_PX - box.current.clientHeight / 2);
    look();
  }, [found, wrap]);
  const onScroll = () => {
    const { clientHeight, scrollHeight, scrollTop } = box.current as HTMLDivElement;
    const isNear = scrollTop + clientHeight >= scrollHeight - NEAR_PX;
    if (isNear !== follow) setFollow(isNear);
    look();
  };
  // The line that was found is drawn however far up it is.
  const first = wrap ? Math.max(0, Math.min(lines.length - most, found ?? Infinity)) : seen.from;
  const shown = lines.slice(first, wrap ? undefined : seen.to);
  const rows = shown.map((line, at) => (
    <Row
      key={line.number}
      line={line}
      job={job}
      many={many}
      isFound={first + at === found}
      {...(wrap ? {} : { at: first + at })}
    />
  ));
  return (
    <>
      <div
        ref={box}
        class={wrap ? 'log wrap' : 'log'}
        role="log"
        aria-live="off"
        aria-label="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls with the keys
        tabIndex={0}
        onScroll={onScroll}
      >
        {wrap && first > 0 && (
          <button type="button" onClick={() => setMost(most + WRAPPED)}>
            {wholeText(first)} earlier lines
          </button>
        )}
        {wrap ? rows : <div style={{ height: `${lines.length * ROW_PX}px` }}>{rows}</div>}
      </div>
      <label class="row">
        <input
          type="checkbox"
          data-key="f"
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        follow
      </label>
    </>
  );
}
