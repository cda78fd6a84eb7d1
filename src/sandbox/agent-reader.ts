import type { SandboxEntry } from '../api/views/sandbox-view.ts';
import { AuroraError } from '../base/errors.ts';
import type { BytesFetcher } from './fetch-bytes.ts';
import type { RemoteTask, ServerAddresses } from './remote-task.ts';
import type { ProcessRuns, SandboxReader } from './sandbox-reader.ts';

const TIMEOUT_MS = 10_000;
const MOST_JSON_BYTES = 16 * 2 ** 20;
const NANOS_PER_MS = 1e6;

interface AgentFile {
  readonly path?: string;
  readonly size?: number;
  readonly mode?: number;
  readonly mtime?: { readonly nanoseconds?: number };
}

/** The bits of a mode that hold the file's type, and their value for a directory. */
const FILE_TYPE = 0o170000;
const DIRECTORY = 0o040000;

/** How many directories found in agents' states are remembered; when there are more, all are forgotten. */
const MOST_DIRECTORIES = 10_000;

/**
 * Reads sandboxes through the Mesos agent: READ_FILE and LIST_FILES of its v1 API, which give unchanged bytes and the
 * size of the file, whereas /files/read gives text. Methods give undefined for what the agent does not know (any more).
 */
export function agentReader(fetcher: BytesFetcher, addresses: ServerAddresses): SandboxReader {
  const directories = new Map<string, string>();

  async function call(task: RemoteTask, type: string, member: object, signal: AbortSignal) {
    const url = `${addresses.agent(task)}/api/v1`;
    const limits = { timeoutMs: TIMEOUT_MS, mostBytes: MOST_JSON_BYTES, signal };
    const answer = await fetcher.post(url, { type, [type.toLowerCase()]: member }, limits);
    if (answer.status === 404 || answer.status === 400) return undefined;
    if (answer.status !== 200)
      throw new AuroraError('NETWORK', `the agent at ${new URL(url).host} answered with ${answer.status}`);
    try {
      return JSON.parse(answer.body.toString('utf8')) as Readonly<Record<string, unknown>>;
    } catch {
      throw new AuroraError('NETWORK', `${new URL(url).host} is no agent of Mesos`);
    }
  }

  /**
   * The run's directory: with a framework id, the agent's name for the executor's latest run; otherwise the path that
   * the agent's state has.
   */
  async function directoryOf(task: RemoteTask, signal: AbortSignal): Promise<string | undefined> {
    const { executorId, frameworkId } = task;
    if (frameworkId !== undefined) return `/frameworks/${frameworkId}/executors/${executorId}/runs/latest`;
    const known = directories.get(task.taskId);
    if (known !== undefined) return known;
    const url = `${addresses.agent(task)}/state`;
    const limits = { timeoutMs: TIMEOUT_MS, mostBytes: 4 * MOST_JSON_BYTES, signal };
    const answer = await fetcher.get(url, { Accept: 'application/json' }, limits);
    if (answer.status !== 200)
      throw new AuroraError('NETWORK', `the agent at ${new URL(url).host} answered with ${answer.status}`);
    const directory = executorDirectoryIn(answer.body, task);
    if (directory === undefined) return undefined;
    if (directories.size >= MOST_DIRECTORIES) directories.clear();
    directories.set(task.taskId, directory);
    return directory;
  }

  async function listed(task: RemoteTask, path: string, signal: AbortSignal) {
    const root = await directoryOf(task, signal);
    if (root === undefined) return undefined;
    const answer = await call(task, 'LIST_FILES', { path: `${root}/${path}`.replace(/\/+$/, '') }, signal);
    const infos = (answer?.list_files as { file_infos?: readonly AgentFile[] } | undefined)?.file_infos;
    if (!answer) return undefined;
    return (infos ?? []).map(
      (file): SandboxEntry => ({
        name: (file.path ?? '').split('/').at(-1) ?? '',
        isDirectory: ((file.mode ?? 0) & FILE_TYPE) === DIRECTORY,
        size: file.size,
        modifiedMs: file.mtime?.nanoseconds === undefined ? undefined : file.mtime.nanoseconds / NANOS_PER_MS,
      }),
    );
  }

  return {
    async processes(task, signal) {
      const folders = await listed(task, 'sandbox/.logs', signal);
      if (!folders) return (await listed(task, '', signal)) ? [] : undefined;
      const found = await Promise.all(
        folders
          .filter(({ isDirectory }) => isDirectory)
          .map(async ({ name }): Promise<ProcessRuns> => {
            const runs = (await listed(task, `sandbox/.logs/${name}`, signal)) ?? [];
            const numbers = runs.flatMap((run) => (/^\d+$/.test(run.name) ? [Number(run.name)] : []));
            return { process: name, runs: numbers.sort((a, b) => a - b) };
          }),
      );
      return found.filter(({ runs }) => runs.length > 0);
    },
    async read(task, path, wanted, signal) {
      const root = await directoryOf(task, signal);
      if (root === undefined) return undefined;
      const read = async (offset: number, length: number) => {
        const member = { path: `${root}/sandbox/${path}`, offset, length };
        const answer = await call(task, 'READ_FILE', member, signal);
        const file = answer?.read_file as { size?: number; data?: string } | undefined;
        if (!file) return undefined;
        return { offset, bytes: Buffer.from(file.data ?? '', 'base64'), size: Number(file.size ?? 0) };
      };
      if (!('last' in wanted)) return read(wanted.offset, wanted.length);
      const looked = await read(0, 1);
      return looked && read(Math.max(0, looked.size - wanted.last), wanted.last);
    },
    list: (task, path, signal) => listed(task, `sandbox/${path}`, signal),
    async usage(task, signal) {
      const url = `${addresses.agent(task)}/containers`;
      const answer = await fetcher.get(
        url,
        { Accept: 'application/json' },
        { timeoutMs: TIMEOUT_MS, mostBytes: MOST_JSON_BYTES, signal },
      );
      if (answer.status !== 200) return undefined;
      const containers = JSON.parse(answer.body.toString('utf8')) as readonly {
        executor_id?: string;
        statistics?: Readonly<Record<string, number>>;
      }[];
      const used = containers.find(({ executor_id }) => executor_id === task.executorId)?.statistics;
      if (!used) return undefined;
      return {
        cpuSeconds: (used.cpus_user_time_secs ?? 0) + (used.cpus_system_time_secs ?? 0),
        atMs: (used.timestamp ?? 0) * 1000,
        ramBytes: used.mem_rss_bytes,
        diskBytes: used.disk_used_bytes,
      };
    },
  };
}

interface AgentStateExecutor {
  readonly id?: string;
  readonly directory?: string;
}

function executorDirectoryIn(body: Buffer, { executorId }: RemoteTask): string | undefined {
  const state = JSON.parse(body.toString('utf8')) as Readonly<
    Record<
      'frameworks' | 'completed_frameworks',
      | readonly {
          readonly executors?: readonly AgentStateExecutor[];
          readonly completed_executors?: readonly AgentStateExecutor[];
        }[]
      | undefined
    >
  >;
  return [...(state.frameworks ?? []), ...(state.completed_frameworks ?? [])]
    .flatMap(({ executors = [], completed_executors = [] }) => [...executors, ...completed_executors])
    .find(({ id }) => id === executorId)?.directory;
}
