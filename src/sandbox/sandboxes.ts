import type { Clock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { agentReader } from './agent-reader.ts';
import { type BytesFetcher, bytesFetcher } from './fetch-bytes.ts';
import { observerReader } from './observer-reader.ts';
import type { RemoteTask, ServerAddresses } from './remote-task.ts';
import type { SandboxReader } from './sandbox-reader.ts';

/** Reads the sandboxes of tasks on any machine. */
export interface Sandboxes extends SandboxReader {
  close(): void;
}

interface SandboxesSettings {
  readonly addresses: ServerAddresses;
  readonly clock: Clock;
  readonly fetcher?: BytesFetcher | undefined;
}

/** How long an observer that did not answer is not asked again. */
const SILENT_MS = 60_000;
/** How many silent hosts, and tasks with their reader, are remembered; when there are more, all are forgotten. */
const MOST_HOSTS = 50_000;

/**
 * Reads through the observer on the task's host, or through the Mesos agent when there is no observer or it does not
 * know the task. Methods give undefined when nobody who answered knows what was asked for. When neither answers they
 * throw NETWORK with both causes, or the agent's error if the observer was not asked because it had been silent.
 */
export function sandboxes({ addresses, clock, fetcher = bytesFetcher() }: SandboxesSettings): Sandboxes {
  const observer = observerReader(fetcher, addresses);
  const agent = agentReader(fetcher, addresses);
  const silentUntilMs = new Map<string, number>();
  /** The reader that knows each task; it alone is asked for the task's files. */
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
      // The observer answers and looks for tasks every few seconds, so it will know this one soon.
      if (isUnknownThere) return undefined;
      // Neither answered, so ask both the next time.
      silentUntilMs.delete(address);
      if (trouble === undefined) throw error;
      throw new AuroraError('NETWORK', `${messageOf(trouble)}; ${messageOf(error)}`);
    }
  }

  return {
    async processes(task, signal) {
      // Ask the observer again: if it knows the task by now, it says more than the agent.
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
