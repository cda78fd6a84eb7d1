import type { Viewed } from '../../api/views/shared.ts';
import type { InstanceReply } from '../../api/views/tasks.ts';
import { session } from '../data/first-view.ts';
import { Command } from '../parts/copy.tsx';
import { EndedTasks } from '../parts/ended-tasks.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { State } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { TaskParts } from '../parts/task-parts.tsx';
import { WriteButtons } from '../parts/write-buttons.tsx';
import { instancePath } from '../text/paths.ts';
import { killWrite, restartWrite } from '../writes/job-writes.ts';
import type { ScreenProps } from './screen-props.ts';

/** The screen of an instance: its task, its earlier tasks, and the other tasks on its host. */
export function InstanceScreen({
  at,
  view: { can, history, instance, job, neighbours, task },
}: ScreenProps<InstanceReply & Viewed>) {
  const written = { cluster: session.cluster, job, ids: [instance], isPart: true };
  return (
    <>
      {task ? (
        <>
          <WriteButtons can={can} writes={[restartWrite(written), killWrite(written, String(instance))]} />
          <TaskParts at={at} job={job} task={task} />
        </>
      ) : (
        <Empty>
          <p>This instance has no active task. What was there before is below; this adds instances:</p>
          <Command text={`aurora job add ${session.cluster}/${job}/${instance} 1`} />
        </Empty>
      )}
      <Section title={`Before (${history.length})`}>
        {history.length > 0 ? (
          <EndedTasks job={job} rows={history} />
        ) : (
          <Empty>No earlier task of this instance is known.</Empty>
        )}
      </Section>
      {task?.host !== undefined && (
        <Section title={`Also on ${task.host} (${neighbours.length})`}>
          {neighbours.length > 0 ? (
            <Table
              label="neighbours"
              rows={neighbours}
              keyOf={({ taskId }) => taskId}
              columns={[
                {
                  head: 'Instance',
                  wide: true,
                  cell: (one) => (
                    <a href={instancePath(one.job, one.instance)}>{`${one.job}/${one.instance}`}</a>
                  ),
                },
                { head: 'State', cell: ({ status }) => <State state={status} /> },
              ]}
            />
          ) : (
            <Empty>It has the agent for itself.</Empty>
          )}
        </Section>
      )}
    </>
  );
}
