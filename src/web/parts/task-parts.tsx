import type { ScreenPlace } from '../../api/views/screens.ts';
import type { TaskShown } from '../../api/views/tasks.ts';
import { Files } from './files.tsx';
import { Empty } from './layout.tsx';
import { TaskLog } from './log-panel.tsx';
import { Tabs } from './tabs.tsx';
import { TaskDetails } from './task-details.tsx';

interface TaskPartsProps {
  readonly at: ScreenPlace;
  readonly job: string;
  readonly task: TaskShown;
}

const NO_HOST = 'The task has no host yet, so it has written nothing.';

/** Tabs of a task: its details, its log and its files. */
export function TaskParts({ at, job, task }: TaskPartsProps) {
  const { path = '', show = '' } = at.query;
  const open = show === 'log' || show === 'files' ? show : '';
  return (
    <>
      <Tabs
        name="show"
        open={open}
        tabs={[
          ['', 'Details'],
          ['log', 'Log'],
          ['files', 'Files'],
        ]}
      />
      {open === '' && <TaskDetails job={job} task={task} />}
      {open === 'log' &&
        (task.host === undefined ? (
          <Empty>{NO_HOST}</Empty>
        ) : (
          <TaskLog job={job} taskId={task.taskId} active={task.active} />
        ))}
      {open === 'files' &&
        (task.host === undefined ? <Empty>{NO_HOST}</Empty> : <Files taskId={task.taskId} path={path} />)}
    </>
  );
}
