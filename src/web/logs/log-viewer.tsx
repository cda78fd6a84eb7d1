import { useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import type { LogRequest } from '../../api/views/log-event.ts';
import { place } from '../data/place.ts';
import { wrapLines } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { type LogBook, type LogLine, lineFilter, logBook } from './log-book.ts';
import { LogRows } from './log-rows.tsx';
import { followLog, type LogHearing } from './log-stream.ts';
import { LogTools } from './log-tools.tsx';

const HEARD: Readonly<Record<LogHearing['kind'], string>> = {
  opening: 'opening',
  reading: '● reading',
  over: 'that is all',
  lost: '✕ tried again',
  refused: '✕ not shown',
};

/** Links to download the whole files (the first 20). */
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

/** The live log of tasks. What tasks wrote is shown as coloured text and never interpreted as markup. */
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
        // Draw at most once per frame however much comes; a hidden tab has no frames.
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
  const { search } = useStore(place);
  const wrap = useStore(wrapLines) === 'on';
  const [lookedFor, lookFor] = useState('');
  const [foundNumber, setFound] = useState(-1);
  const fits = lineFilter(wanted.trim());
  const all = book.lines();
  const lines = useMemo(() => {
    const chosen = new URLSearchParams(search);
    const [process, stream] = [chosen.get('process'), chosen.get('stream')];
    const isChosen = (line: LogLine) =>
      line.isSaid ||
      ((!process || line.process === process) && (!stream || line.isError === (stream === 'stderr')));
    return fits ? all.filter((line) => isChosen(line) && fits(line)) : [];
  }, [came, wanted, book, search]);
  const found = lines.findIndex(({ number }) => number === foundNumber);
  const step = (by: 1 | -1) => {
    const has = lookedFor.trim() === '' ? undefined : lineFilter(lookedFor.trim());
    if (!has) return;
    for (let tried = 0, at = found; tried < lines.length; tried++) {
      // The search wraps around: the last line comes before the first.
      at = (at + by + (at < 0 && by < 0 ? 1 : 0) + lines.length) % lines.length;
      const line = lines[at] as LogLine;
      if (has(line)) return setFound(line.number);
    }
    setFound(-1);
  };
  return (
    <>
      <LogTools processes={book.processes()} filter={want} find={lookFor} step={step}>
        <span class="faint" role="status">
          {HEARD[heard.kind]}
          {'why' in heard && `: ${heard.why}`}
          {fits
            ? ` · ${lines.length === all.length ? '' : `${lines.length} of `}${all.length} lines`
            : ' · no such expression'}
        </span>
      </LogTools>
      <LogRows job={job} lines={lines} many={many} wrap={wrap} found={found < 0 ? undefined : found} />
      <Downloads book={book} />
    </>
  );
}
