import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LogRequest } from '../../api/views/log-event.ts';
import { Loading } from './notices.tsx';

interface LogPanelProps {
  /** `role/environment/name`. */
  readonly job: string;
  /** Lines of several instances, each with its number. */
  readonly many?: boolean;
  readonly request: LogRequest;
}

/** So much of what is there already is read. */
export const TAIL_LINES = 1_000;

/** The log; its code is loaded by who looks at one. */
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

/** The log of one task, also of one that has ended, as long as its agent keeps the files. */
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
