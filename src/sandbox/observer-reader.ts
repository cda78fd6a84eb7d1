import { AuroraError } from '../base/errors.ts';
import type { BytesFetcher, FetchedBytes } from './fetch-bytes.ts';
import type { ServerAddresses } from './remote-task.ts';
import type { FilePart, ProcessRuns, SandboxReader, Wanted } from './sandbox-reader.ts';

const TIMEOUT_MS = 10_000;
const MOST_JSON_BYTES = 8 * 2 ** 20;
/** The longest answer of a file that is accepted: an observer that does not know ranges gives the whole file. */
const MOST_FILE_BYTES = 4 * 2 ** 20;

interface ObservedRun {
  readonly process_run?: number;
  readonly state?: string;
  readonly return_code?: number;
  readonly start_time?: number;
}

const refused = (url: string, { status }: FetchedBytes) =>
  new AuroraError('NETWORK', `${new URL(url).host} answered with ${status}`);

/** A path below the server's address, with each part encoded. */
const pathOf = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join('/');

/**
 * Reads sandboxes through the original's observer or ours. Bytes come from /download with ranges, because /logdata and
 * /filedata give text, in which bytes that are not UTF-8 are replaced.
 */
export function observerReader(fetcher: BytesFetcher, addresses: ServerAddresses): SandboxReader {
  async function json(url: string, signal: AbortSignal): Promise<unknown> {
    const limits = { timeoutMs: TIMEOUT_MS, mostBytes: MOST_JSON_BYTES, signal };
    const answer = await fetcher.get(url, { Accept: 'application/json' }, limits);
    // The original answers 500 for tasks and files that it does not know.
    if (answer.status === 404 || answer.status === 500) return undefined;
    if (answer.status !== 200) throw refused(url, answer);
    try {
      return JSON.parse(answer.body.toString('utf8'));
    } catch {
      throw new AuroraError('NETWORK', `${new URL(url).host} is no observer`);
    }
  }

  return {
    async processes(task, signal) {
      const url = `${addresses.observer(task)}/j/processes?task_id=${encodeURIComponent(task.taskId)}`;
      const answer = (await json(url, signal)) as Record<string, Record<string, ObservedRun>> | undefined;
      const runs = answer?.[task.taskId];
      if (!runs) return undefined;
      const known = Object.entries(runs).map(([process, run]): ProcessRuns => {
        const last = run.process_run ?? 0;
        return {
          process,
          runs: Array.from({ length: last + 1 }, (_, at) => at),
          state: run.state,
          returnCode: run.return_code,
          startMs: run.start_time === undefined ? undefined : run.start_time * 1000,
        };
      });
      // Both observers answer {} for a task that they do not know and for one without any run yet.
      return known.length > 0 ? known : undefined;
    },
    async read(task, path, wanted, signal) {
      const url = `${addresses.observer(task)}/download/${pathOf(task.taskId, ...path.split('/'))}`;
      return partOf(url, wanted, await ranged(fetcher, url, wanted, signal));
    },
    async list(task, path, signal) {
      const url = `${addresses.observer(task)}/j/browse/${pathOf(task.taskId, ...path.split('/').filter(Boolean))}`;
      const answer = (await json(url, signal)) as
        | { entries?: readonly { name: string; kind: string; size?: number; mtime?: number }[] }
        | undefined;
      return answer?.entries?.map(({ name, kind, size, mtime }) => ({
        name,
        isDirectory: kind === 'directory',
        size,
        modifiedMs: mtime === undefined ? undefined : mtime * 1000,
      }));
    },
    async usage(task, signal) {
      const url = `${addresses.observer(task)}/j/task?task_id=${encodeURIComponent(task.taskId)}`;
      const answer = (await json(url, signal)) as
        | Record<string, { resource_consumption?: Readonly<Record<string, number>> }>
        | undefined;
      const used = answer?.[task.taskId]?.resource_consumption;
      return used && { cpu: used.cpu, ramBytes: used.ram, diskBytes: used.disk };
    },
  };
}

function ranged(fetcher: BytesFetcher, url: string, wanted: Wanted, signal: AbortSignal) {
  const range =
    'last' in wanted
      ? `bytes=-${wanted.last}`
      : `bytes=${wanted.offset}-${wanted.offset + wanted.length - 1}`;
  const limits = { timeoutMs: TIMEOUT_MS, mostBytes: MOST_FILE_BYTES, signal };
  return fetcher.get(url, { Range: range }, limits);
}

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

function partOf(url: string, wanted: Wanted, answer: FetchedBytes): FilePart | undefined {
  const { body, headers, status } = answer;
  const modified = Date.parse(first(headers['last-modified']) ?? '');
  const more = {
    generation: first(headers['x-file-generation']),
    modifiedMs: Number.isNaN(modified) ? undefined : modified,
  };
  if (status === 404) return undefined;
  if (status === 206) {
    const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(first(headers['content-range']) ?? '') ?? [];
    if (from === undefined) throw refused(url, answer);
    return { offset: Number(from), bytes: body, size: Number(size), ...more };
  }
  // No bytes in this range: the file is shorter, or empty.
  if (status === 416) {
    const [, told] = /^bytes \*\/(\d+)$/.exec(first(headers['content-range']) ?? '') ?? [];
    const offset = 'last' in wanted ? 0 : wanted.offset;
    return { offset, bytes: Buffer.alloc(0), size: Number(told ?? 0), ...more };
  }
  if (status !== 200) throw refused(url, answer);
  const from = 'last' in wanted ? Math.max(0, body.length - wanted.last) : wanted.offset;
  const end = 'last' in wanted ? body.length : wanted.offset + wanted.length;
  return { offset: from, bytes: body.subarray(from, end), size: body.length, ...more };
}
