import type { Clock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { agentReader } from './agent-reader.ts';
import { type BytesFetcher, bytesFetcher } from './fetch-bytes.ts';
import { observerReader } from './observer-reader.ts';
import type { RemoteTask, ServerAddresses } from './remote-task.ts';
import type { SandboxReader } from './sandbox-reader.ts';

/** Sandboxes of tasks on any machine. */
export interface Sandboxes extends SandboxReader {
  close(): void;
}

interface SandboxesSettings {
  readonly addresses: ServerAddresses;
  readonly clock: Clock;
  readonly fetcher?: BytesFetcher | undefined;
}

/** For how long an observer that does not answer is not asked again. */
const SILENT_MS = 60_000;
/** Hosts that are remembered; all are forgotten when there are more. */
const MOST_HOSTS = 50_000;

/**
 * Reads through the observer of the task's host, and through the Mesos agent where there is none or where it does not know
 * the task. Undefined: neither knows what was asked for. Throws what the agent's reader throws when neither answers.
 */
export function sandboxes({ addresses, clock, fetcher = bytesFetcher() }: SandboxesSettings): Sandboxes {
  const observer = observerReader(fetcher, addresses);
  const agent = agentReader(fetcher, addresses);
  const silentUntilMs = new Map<string, number>();
  /** Who knows a task is asked for its files, and nobody else. */
  const knows = new Map<string, SandboxReader>();

  const remember = <T>(task: RemoteTask, reader: SandboxReader, found: T): T => {
    if (knows.size >= MOST_HOSTS) knows.clear();
    knows.set(task.taskId, reader);
    return found;
  };

  async function first<T>(
    task: RemoteTask,
    signal: AbortSignal,
    ask: (reader: SandboxReader) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const address = addresses.observer(task);
    const known = knows.get(task.taskId);
    if (known) {
      try {
        return await ask(known);
      } catch {
        signal.throwIfAborted();
        knows.delete(task.taskId);
      }
    }
    let trouble: unknown;
    let isUnknownThere = false;
    if ((silentUntilMs.get(address) ?? 0) <= clock.monotonicMs()) {
      try {
        const found = await ask(observer);
        if (found !== undefined) return remember(task, observer, found);
        isUnknownThere = true;
      } catch (error) {
        signal.throwIfAborted();
        trouble = error;
        if (silentUntilMs.size >= MOST_HOSTS) silentUntilMs.clear();
        silentUntilMs.set(address, clock.monotonicMs() + SILENT_MS);
      }
    }
    try {
      const found = await ask(agent);
      return found === undefined ? undefined : remember(task, agent, found);
    } catch (error) {
      signal.throwIfAborted();
      // An observer that looks for tasks every few seconds will know it soon.
      if (isUnknownThere) return undefined;
      // With neither there, both are asked the next time.
      silentUntilMs.delete(address);
      if (trouble === undefined) throw error;
      throw new AuroraError('NETWORK', `${messageOf(trouble)}; ${messageOf(error)}`);
    }
  }

  return {
    async processes(task, signal) {
      // Asked anew: an observer that knows it now says more than an agent.
      if (knows.get(task.taskId) === agent) knows.delete(task.taskId);
      return first(task, signal, (reader) => reader.processes(task, signal));
    },
    read: (task, path, wanted, signal) =>
      first(task, signal, (reader) => reader.read(task, path, wanted, signal)),
    list: (task, path, signal) => first(task, signal, (reader) => reader.list(task, path, signal)),
    usage: (task, signal) => first(task, signal, (reader) => reader.usage(task, signal)),
    close: () => fetcher.close(),
  };
}
