import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { ReadStores, Storage } from '../storage/index.ts';

export interface AbsentHostsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly storage: Storage;
  /** Makes Mesos offer what is free, even though no task is waiting. */
  ask(): void;
  /** Agents whose offers are held, or were given back and are still valid. */
  offering(): Iterable<string>;
  /** How long an agent must have been absent, at every look. */
  absentMs: number;
}

/** How long to wait for offers after asking: they come at once or with Mesos' next allocation, and are given back later. */
const ANSWER_MS = 4_000;
const SHORTEST_INTERVAL_MS = 60_000;
/** How many looks fall into `absentMs`. */
const LOOKS = 8;

/** Whether something stored still refers to the host; then the host is kept, as the original's readers expect. */
const isNeeded = ({ maintenance, modes, tasks }: ReadStores, host: string): boolean =>
  modes.of(host) !== 'NONE' || maintenance.get(host) !== undefined || tasks.onHost(host).length > 0;

/**
 * Forgets agents that have left the cluster, and their host with the last one: agents from which nothing was offered
 * for `absentMs`, and whose host has no stored task (ended ones included) and no maintenance. Forgetting too much does
 * no harm, because a returning agent is stored with its first offer, like a new one. Absence is only counted in this
 * process, so a new leader starts from zero. The original keeps every host for ever. Returns a function that stops it.
 */
export function forgetAbsentHosts(options: AbsentHostsOptions): () => void {
  const { absentMs, clock, counters, log, storage } = options;
  const intervalMs = Math.max(SHORTEST_INTERVAL_MS, absentMs / LOOKS);
  const absentSinceMs = new Map<string, number>();
  let timer: Timer;

  const judge = () => {
    const nowMs = clock.monotonicMs();
    const offering = new Set(options.offering());
    const gone: string[] = [];
    storage.read((stores) => {
      const stored = new Set<string>();
      for (const { host, slaveId } of stores.hosts.all()) {
        if (slaveId === undefined) continue;
        stored.add(slaveId);
        if (offering.has(slaveId) || isNeeded(stores, host)) absentSinceMs.delete(slaveId);
        else if (!absentSinceMs.has(slaveId)) absentSinceMs.set(slaveId, nowMs);
        else if (nowMs - (absentSinceMs.get(slaveId) ?? nowMs) >= absentMs) gone.push(slaveId);
      }
      for (const agentId of absentSinceMs.keys()) if (!stored.has(agentId)) absentSinceMs.delete(agentId);
    });
    if (gone.length > 0) forget(gone);
  };
  const forget = (agentIds: readonly string[]) => {
    storage
      .write((tx) => {
        for (const agentId of agentIds) {
          const host = tx.hosts.ofAgent(agentId)?.host;
          if (host !== undefined && !isNeeded(tx, host)) tx.hosts.remove(agentId);
        }
      })
      .then(
        () => {
          counters.add('absent_agents_forgotten', agentIds.length);
          log.info({ agents: agentIds.length }, 'removed agents that left the cluster');
        },
        (error) => log.error({ error: messageOf(error) }, 'absent agents could not be removed'),
      );
  };
  const look = () => {
    options.ask();
    timer = clock.after(ANSWER_MS, () => {
      judge();
      timer = clock.after(intervalMs, look);
    });
  };
  timer = clock.after(intervalMs, look);
  return () => timer.cancel();
}
