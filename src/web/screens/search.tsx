import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { SearchReply } from '../../api/views/search.ts';
import { go } from '../data/place.ts';
import { Empty, Section } from '../parts/layout.tsx';
import { State } from '../parts/state.tsx';
import { agentPath, jobPath, rolePath, taskPath, updatePath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

function Found<T>({
  items,
  line,
  title,
}: {
  readonly title: string;
  readonly items: readonly T[];
  readonly line: (item: T) => ComponentChildren;
}) {
  if (items.length === 0) return null;
  return (
    <Section title={title}>
      <ul class="plain">
        {items.map((item) => (
          <li key={JSON.stringify(item)}>{line(item)}</li>
        ))}
      </ul>
    </Section>
  );
}

/** The results of a search; if exactly one thing has this very name, its screen opens at once. */
export function SearchScreen({ view }: ScreenProps<SearchReply>) {
  const { exact, hosts, jobs, q, roles, tasks, updates } = view;
  useEffect(() => {
    if (exact) go(exact, 'replace');
  }, [exact]);
  const total = hosts.length + jobs.length + roles.length + tasks.length + updates.length;
  if (total === 0)
    return (
      <Empty>
        {q === ''
          ? 'Search for a part of a job’s key, a role or a host, or paste the id of a task or an update.'
          : `Nothing here is called “${q}”. Tasks and updates that ended long ago are forgotten.`}
      </Empty>
    );
  return (
    <>
      <Found title="Jobs" items={jobs} line={(job) => <a href={jobPath(job)}>{job}</a>} />
      <Found title="Roles" items={roles} line={(role) => <a href={rolePath(role)}>{role}</a>} />
      <Found
        title="Tasks"
        items={tasks}
        line={({ job, status, taskId }) => (
          <>
            <State state={status} /> <a href={taskPath(job, taskId)}>{taskId}</a>
          </>
        )}
      />
      <Found
        title="Updates"
        items={updates}
        line={({ id, job, status }) => (
          <>
            <State state={status} /> <a href={updatePath(job, id)}>{id}</a> of {job}
          </>
        )}
      />
      <Found title="Hosts" items={hosts} line={(host) => <a href={agentPath(host)}>{host}</a>} />
    </>
  );
}
