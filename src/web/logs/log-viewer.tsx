import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { LogRequest } from '../../api/views/log-event.ts';
import { instancePath } from '../text/paths.ts';
import { type LogBook, type LogLine, lineFilter, logBook } from './log-book.ts';
import { spansOf } from './log-spans.ts';
import { followLog, type LogHearing } from './log-stream.ts';

const ROW_PX = 18;
/** Rows drawn beyond those that are seen. */
const BEYOND = 20;
/** So near to its end the log follows. */
const NEAR_PX = ROW_PX * 2;

function Row({
  at,
  job,
  line,
  many,
}: {
  readonly at: number;
  readonly job: string;
  readonly line: LogLine;
  readonly many: boolean;
}) {
  return (
    <div
      class={`log-line${line.isError ? ' error' : ''}${line.isSaid ? ' said' : ''}`}
      style={{ top: `${at * ROW_PX}px` }}
    >
      {many && (
        <a class="log-of" href={instancePath(job, line.instance)}>
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

/** The rows that are seen, of as many as there are. */
function Rows({
  job,
  lines,
  many,
}: {
  readonly job: string;
  readonly lines: readonly LogLine[];
  readonly many: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, see] = useState({ from: 0, to: 60 });
  const [follow, setFollow] = useState(true);
  const look = () => {
    const { clientHeight, scrollTop } = box.current ?? { clientHeight: 0, scrollTop: 0 };
    const from = Math.max(0, Math.floor(scrollTop / ROW_PX) - BEYOND);
    const to = Math.ceil((scrollTop + clientHeight) / ROW_PX) + BEYOND;
    if (from !== seen.from || to !== seen.to) see({ from, to });
  };
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    look();
  };
  useLayoutEffect(() => {
    if (follow) toEnd();
  }, [lines, follow]);
  const onScroll = () => {
    const { clientHeight, scrollHeight, scrollTop } = box.current as HTMLDivElement;
    const isNear = scrollTop + clientHeight >= scrollHeight - NEAR_PX;
    if (isNear !== follow) setFollow(isNear);
    look();
  };
  return (
    <>
      <div
        ref={box}
        class="log"
        role="log"
        aria-live="off"
        aria-label="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls with the keys
        tabIndex={0}
        onScroll={onScroll}
      >
        <div style={{ height: `${lines.length * ROW_PX}px` }}>
          {lines.slice(seen.from, seen.to).map((line, at) => (
            <Row key={line.number} at={seen.from + at} line={line} job={job} many={many} />
          ))}
        </div>
      </div>
      <label class="row">
        <input
          type="checkbox"
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        follow
      </label>
    </>
  );
}

const HEARD: Readonly<Record<LogHearing['kind'], string>> = {
  opening: 'opening',
  reading: '● reading',
  over: 'that is all',
  lost: '✕ tried again',
  refused: '✕ not shown',
};

/** Where the files can be had whole. */
function Downloads({ book }: { readonly book: LogBook }) {
  const sources = book.sources().slice(0, 20);
  return (
    <p class="faint">
      {sources.map(({ instance, path, task }) => (
        <a
          key={`${task} ${path}`}
          class="row"
          download
          href={`/api/view/files?${new URLSearchParams({ task, path, download: '1' })}`}
        >
          {instance}: {path.replace('.logs/', '')}
        </a>
      ))}
    </p>
  );
}

/** The log of tasks, as it comes. Colours and texts are what the tasks wrote, never more than text. */
export function LogViewer({
  job,
  many,
  request,
}: {
  readonly job: string;
  readonly many: boolean;
  readonly request: LogRequest;
}) {
  const asked = JSON.stringify(request);
  const book = useMemo(logBook, [asked]);
  const [came, redraw] = useReducer((count: number) => count + 1, 0);
  const [heard, hear] = useState<LogHearing>({ kind: 'opening' });
  const [wanted, want] = useState('');
  useEffect(() => {
    let frame = 0;
    const stop = followLog({
      request: JSON.parse(asked) as LogRequest,
      heard: hear,
      take(events) {
        for (const event of events) book.take(event);
        // However much comes, it is drawn once a frame; a hidden tab draws nothing.
        if (frame === 0)
          frame = requestAnimationFrame(() => {
            frame = 0;
            redraw(undefined);
          });
      },
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [book, asked]);
  const fits = lineFilter(wanted.trim());
  const all = book.lines();
  const lines = useMemo(() => (fits ? all.filter(fits) : []), [came, wanted, book]);
  return (
    <>
      <div class="writes">
        <input
          class="filter"
          type="search"
          placeholder="filter: text or /regex/"
          aria-label="filter the log"
          onInput={(event) => want(event.currentTarget.value)}
        />
        <span class="faint" role="status">
          {HEARD[heard.kind]}
          {'why' in heard && `: ${heard.why}`}
          {fits
            ? ` · ${lines.length === all.length ? '' : `${lines.length} of `}${all.length} lines`
            : ' · no such expression'}
        </span>
      </div>
      <Rows job={job} lines={lines} many={many} />
      <Downloads book={book} />
    </>
  );
}
