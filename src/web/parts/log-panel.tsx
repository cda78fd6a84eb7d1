import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LogRequest } from '../../api/views/log-event.ts';
import { Loading } from './notices.tsx';

interface LogPanelProps {
  /** `role/environment/name`. */
  readonly job: string;
  /** Whether lines come from several instances; each then shows its instance. */
  readonly many?: boolean;
  readonly request: LogRequest;
}

/** How many of the last lines that exist already are read. */
export const TAIL_LINES = 1_000;

/** A log; the code of its viewer is loaded only when a log is looked at. */
export function LogPanel({ job, many = false, request }: LogPanelProps) {
  const [Viewer, setViewer] = useState<{ readonly draw: FunctionComponent<Required<LogPanelProps>> }>();
  const [failed, fail] = useState(false);
  useEffect(() => {
    import('../logs/log-viewer.tsx').then(
      ({ LogViewer }) => setViewer({ draw: LogViewer }),
      () => fail(true),
    );
  }, []);
  if (failed)
    return <p class="notice bad">The scheduler did not send this part of the page: load it again.</p>;
  return Viewer ? <Viewer.draw job={job} many={many} request={request} /> : <Loading />;
}

/** The log of one task; for an ended task, as long as its agent keeps the files. */
export const TaskLog = ({
  active,
  job,
  taskId,
}: {
  readonly job: string;
  readonly taskId: string;
  readonly active: boolean;
}) => (
  <LogPanel
    key={`${taskId} ${active}`}
    job={job}
    request={{ tasks: [taskId], which: active ? 'live' : 'dead', tail: TAIL_LINES, follow: active }}
  />
);
