import type { TaskReply } from '../../api/views/tasks.ts';
import { TaskDetails } from '../parts/task-details.tsx';
import { instancePath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

/** One task. */
export function TaskScreen({ view: { job, task } }: ScreenProps<TaskReply>) {
  return (
    <>
      <p>
        A task of <a href={instancePath(job, task.instance)}>instance {task.instance}</a>
        {!task.active && '; it has ended'}.
      </p>
      <TaskDetails job={job} task={task} />
    </>
  );
}
