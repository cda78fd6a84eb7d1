import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SandboxEntry, SandboxListing } from '../api/views/sandbox-view.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { harmless } from '../base/log-lines.ts';
import type { RemoteTask } from '../sandbox/remote-task.ts';
import { sandboxes } from '../sandbox/sandboxes.ts';
import { clusterNamed, loadClusters } from './clusters.ts';
import { clusterAddresses, remoteTask } from './direct-logs.ts';
import { type ClusterInstanceKey, jobKeyText } from './job-key.ts';
import { isoTime } from './json-result.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { tableText } from './table-text.ts';
import { jobQuery, newestTasks, tasksIn } from './tasks.ts';
import { openView, refusalIn, wholeBody } from './view-transport.ts';

export interface TaskFilesOptions {
  /** Relative to the sandbox; missing for the sandbox itself. */
  readonly path: string;
  /** Copy the file to this path instead of listing; `-` is stdout. */
  readonly get?: string | undefined;
  readonly json: boolean;
  readonly direct: boolean;
}

const MOST_LISTING_BYTES = 16 * 2 ** 20;
const BLOCK_BYTES = 512 * 1024;

/**
 * Lists a directory of an instance's sandbox, or copies a file out of it. The sandbox is that of the instance's newest
 * task.
 */
export async function taskFiles(
  session: Session,
  { instances, job }: ClusterInstanceKey,
  options: TaskFilesOptions,
): Promise<void> {
  const scheduler = schedulerOf(session, job.cluster);
  const response = await scheduler.query('getTasksWithoutConfigs', { query: jobQuery(job, instances) });
  const [task] = newestTasks(tasksIn(requireOk(response, session.log, { code: 'BAD_PARAMETER' })));
  const place = task && remoteTask(task);
  if (!place)
    throw new AuroraError('BAD_PARAMETER', `${jobKeyText(job)}/${instances?.join(',')} has no sandbox`, {
      next: `see 'aurora job status ${jobKeyText(job)}'`,
    });
  const source =
    (!options.direct && (await throughScheduler(session, scheduler, place.taskId))) ||
    direct(session, job.cluster, place);
  try {
    if (options.get !== undefined) await copied(session, source, options.path, options.get);
    else listed(session, place.taskId, options, await source.list(options.path));
  } finally {
    source.close();
  }
}

/** A sandbox, whichever way it is read. */
interface SandboxSource {
  list(path: string): Promise<readonly SandboxEntry[]>;
  /** Returns the size of a file in bytes, and its content. */
  open(path: string): Promise<{ readonly size: number; readonly bytes: AsyncIterable<Uint8Array> }>;
  close(): void;
}

const noFile = (path: string) =>
  new AuroraError('BAD_PARAMETER', `the sandbox has no ${path || 'files any more'}`, {
    next: 'list a directory by leaving out --get',
  });

/** Reads the sandbox through the scheduler; undefined when this scheduler shows no sandboxes. */
async function throughScheduler(
  session: Session,
  scheduler: SchedulerClient,
  taskId: string,
): Promise<SandboxSource | undefined> {
  const base = await scheduler.leader();
  const ask = async (path: string, more: Readonly<Record<string, string>>) => {
    const url = new URL('api/view/files', base);
    url.search = `${new URLSearchParams({ task: taskId, path, ...more })}`;
    const view = await openView(`${url}`, session);
    if (view.status === 200) return view;
    const refusal = await refusalIn(view);
    if (refusal?.code === 'no such file' || refusal?.code === 'bad request')
      throw new AuroraError('BAD_PARAMETER', refusal.error);
    if (view.status === 401 || refusal?.code === 'forbidden')
      throw new AuroraError('AUTH', refusal?.error ?? `the scheduler answered with ${view.status}`);
    if (refusal && refusal.code !== 'off' && refusal.code !== 'no such task')
      throw new AuroraError('NETWORK', refusal.error);
    return undefined;
  };
  const probe = await ask('', {});
  if (!probe) return undefined;
  probe.body.destroy();
  return {
    async list(path) {
      const view = await ask(path, {});
      if (!view) throw noFile(path);
      return (JSON.parse((await wholeBody(view, MOST_LISTING_BYTES)).toString('utf8')) as SandboxListing)
        .entries;
    },
    async open(path) {
      const view = await ask(path, { download: '1' });
      if (!view) throw noFile(path);
      return {
        size: Number(view.headers['content-length'] ?? 0),
        bytes: view.body as AsyncIterable<Uint8Array>,
      };
    },
    close() {},
  };
}

function direct(session: Session, cluster: string, place: RemoteTask): SandboxSource {
  const { clock, signal } = session;
  const reader = sandboxes({
    addresses: clusterAddresses(clusterNamed(loadClusters(session), cluster)),
    clock,
  });
  return {
    async list(path) {
      const entries = await reader.list(place, path, signal);
      if (!entries) throw noFile(path);
      return entries;
    },
    async open(path) {
      const first = await reader.read(place, path, { offset: 0, length: BLOCK_BYTES }, signal);
      if (!first) throw noFile(path);
      async function* bytes() {
        let block = first?.bytes ?? Buffer.alloc(0);
        for (let offset = block.length; block.length > 0; offset += block.length) {
          yield block;
          const length = Math.min(BLOCK_BYTES, (first?.size ?? 0) - offset);
          if (length <= 0) return;
          block = (await reader.read(place, path, { offset, length }, signal))?.bytes ?? Buffer.alloc(0);
        }
      }
      return { size: first.size, bytes: bytes() };
    },
    close: () => reader.close(),
  };
}

function listed(
  session: Session,
  task: string,
  { json, path }: TaskFilesOptions,
  entries: readonly SandboxEntry[],
): void {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json) {
    const shown = sorted.map(({ modifiedMs, ...entry }) => ({ ...entry, modified: isoTime(modifiedMs) }));
    session.print(`${JSON.stringify({ task, path, entries: shown }, null, 2)}\n`);
    return;
  }
  const rows = sorted.map(({ isDirectory, modifiedMs, name, size }) => ({
    name: `${harmless(name)}${isDirectory ? '/' : ''}`,
    size: isDirectory ? undefined : size,
    modified: isoTime(modifiedMs)?.replace(/\.\d+Z$/, 'Z'),
  }));
  session.print(
    tableText(
      [
        ['modified', 'MODIFIED'],
        ['size', 'BYTES'],
        ['name', 'NAME'],
      ],
      rows,
    ),
  );
}

/**
 * Copies a file. It is first written beside its target under another name, so that an incomplete copy is not taken for
 * the file.
 */
async function copied(session: Session, source: SandboxSource, path: string, target: string): Promise<void> {
  const { bytes, size } = await source.open(path);
  const isStdout = target === '-';
  const name = target === '' ? basename(path) : target;
  const part = `${name}.part`;
  const to = isStdout
    ? createWriteStream('', { fd: session.stdio[1], autoClose: false })
    : createWriteStream(part);
  let got = 0;
  try {
    await pipeline(
      async function* () {
        for await (const block of bytes) {
          got += block.length;
          yield block;
        }
      },
      to,
      { end: !isStdout, signal: session.signal },
    );
    if (got !== size) throw new Error(`${got} of ${size} bytes came`);
    if (!isStdout) await rename(part, name);
  } catch (error) {
    if (!isStdout) await rm(part, { force: true });
    session.signal.throwIfAborted();
    throw new AuroraError('COMMAND_FAILED', `${path} could not be copied: ${messageOf(error)}`);
  }
  if (!isStdout) session.complain(`${path}: ${size} bytes to ${name}\n`);
}
