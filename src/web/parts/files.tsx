import { useEffect, useState } from 'preact/hooks';
import type { SandboxEntry, SandboxListing, SandboxRefusal } from '../../api/views/sandbox-view.ts';
import { schedulerNowMs } from '../data/clock.ts';
import { place } from '../data/place.ts';
import { useStore } from '../data/store.ts';
import { bytesText } from '../text/amounts.ts';
import { withQuery } from '../text/paths.ts';
import { Empty } from './layout.tsx';
import { Loading } from './notices.tsx';
import { Table } from './table.tsx';
import { Time } from './time.tsx';

const LIMIT_MS = 20_000;

type Listed = { readonly entries: readonly SandboxEntry[] } | { readonly problem: string };

const requestOf = (taskId: string, path: string, more: Readonly<Record<string, string>> = {}): string =>
  `/api/view/files?${new URLSearchParams({ task: taskId, path, ...more })}`;

async function listing(taskId: string, path: string, signal: AbortSignal): Promise<Listed> {
  try {
    const response = await fetch(requestOf(taskId, path), {
      redirect: 'manual',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    });
    if (response.ok) return (await response.json()) as SandboxListing;
    if (response.type === 'opaqueredirect')
      return { problem: 'another scheduler leads now: load the page again' };
    const refusal = (await response.json().catch(() => ({}))) as Partial<SandboxRefusal>;
    return { problem: refusal.error ?? `the scheduler answered ${response.status}` };
  } catch {
    return { problem: 'the scheduler does not answer' };
  }
}

/** Directories first, then by name. */
const inOrder = (entries: readonly SandboxEntry[]): readonly SandboxEntry[] =>
  [...entries].sort(
    (a, b) =>
      Number(b.isDirectory) - Number(a.isDirectory) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );

/** The sandbox of a task, one directory at a time. Files are downloaded, never displayed by the browser. */
export function Files({ path, taskId }: { readonly taskId: string; readonly path: string }) {
  const at = useStore(place);
  const [listed, set] = useState<Listed | undefined>();
  const [asked, again] = useState(0);
  useEffect(() => {
    const ended = new AbortController();
    set(undefined);
    void listing(taskId, path, ended.signal).then((found) => {
      if (!ended.signal.aborted) set(found);
    });
    return () => ended.abort();
  }, [taskId, path, asked]);
  const parts = path.split('/').filter(Boolean);
  const hrefOf = (to: string) => withQuery(at, { path: to });
  return (
    <>
      <p class="row">
        <a href={hrefOf('')}>sandbox</a>
        {parts.map((part, depth) => (
          <span key={part}>
            / <a href={hrefOf(parts.slice(0, depth + 1).join('/'))}>{part}</a>
          </span>
        ))}
        <button type="button" onClick={() => again(asked + 1)}>
          Look again
        </button>
      </p>
      {listed === undefined ? (
        <Loading />
      ) : 'problem' in listed ? (
        <p class="notice">{listed.problem}</p>
      ) : listed.entries.length === 0 ? (
        <Empty>This directory is empty.</Empty>
      ) : (
        <Table
          label="files"
          rows={inOrder(listed.entries)}
          keyOf={({ name }) => name}
          columns={[
            {
              head: 'Name',
              wide: true,
              cell: ({ isDirectory, name }) => {
                const whole = [...parts, name].join('/');
                return isDirectory ? (
                  <a href={hrefOf(whole)}>{name}/</a>
                ) : (
                  <a download={name} href={requestOf(taskId, whole, { download: '1' })}>
                    {name}
                  </a>
                );
              },
            },
            {
              head: 'Size',
              number: true,
              cell: ({ isDirectory, size }) => (isDirectory || size === undefined ? '' : bytesText(size)),
            },
            {
              head: 'Written',
              number: true,
              cell: ({ modifiedMs }) => <Time atMs={modifiedMs && Math.min(modifiedMs, schedulerNowMs())} />,
            },
          ]}
        />
      )}
    </>
  );
}
