import type { TaskReply } from '../../api/views/tasks.ts';
import { TaskParts } from '../parts/task-parts.tsx';
import { instancePath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

/** The screen of one task. */
export function TaskScreen({ at, view: { job, task } }: ScreenProps<TaskReply>) {
  return (
    <>
      <p>
        A task of <a href={instancePath(job, task.instance)}>instance {task.instance}</a>
        {!task.active && '; it has ended'}.
      </p>
      <TaskParts at={at} job={job} task={task} />
    </>
  );
}
