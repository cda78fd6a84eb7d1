import type { ScreenPlace } from '../../api/views/screens.ts';
import type { TaskShown } from '../../api/views/tasks.ts';
import { Empty } from './layout.tsx';
import { TaskLog } from './log-panel.tsx';
import { Tabs } from './tabs.tsx';
import { TaskDetails } from './task-details.tsx';

interface TaskPartsProps {
  readonly at: ScreenPlace;
  readonly job: string;
  readonly task: TaskShown;
}

/** A task: what is known of it, or what it writes. */
export function TaskParts({ at, job, task }: TaskPartsProps) {
  const open = at.query.show === 'log' ? 'log' : '';
  return (
    <>
      <Tabs
        name="show"
        open={open}
        tabs={[
          ['', 'Details'],
          ['log', 'Log'],
        ]}
      />
      {open === '' && <TaskDetails job={job} task={task} />}
      {open === 'log' &&
        (task.host === undefined ? (
          <Empty>The task has no host yet, so it has written nothing.</Empty>
        ) : (
          <TaskLog job={job} taskId={task.taskId} active={task.active} />
        ))}
    </>
  );
}
