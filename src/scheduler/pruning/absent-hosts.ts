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
  /** Has Mesos offer what is free, though nobody waits for it. */
  ask(): void;
  /** Agents whose offers are held, or were given back and are still true. */
  offering(): Iterable<string>;
  /** So long an agent must have been absent at every look. */
  absentMs: number;
}

/** Offers come at once, or with Mesos' next allocation, and are then looked at before they are given back. */
const ANSWER_MS = 4_000;
const SHORTEST_INTERVAL_MS = 60_000;
/** Looks in the time after which an agent is forgotten. */
const LOOKS = 8;

/** Whether something of ours still names the host: the original's readers expect to find such a host, and so do we. */
const isNeeded = ({ maintenance, modes, tasks }: ReadStores, host: string): boolean =>
  modes.of(host) !== 'NONE' || maintenance.get(host) !== undefined || tasks.onHost(host).length > 0;

/**
 * Forgets agents that left the cluster, and a host with its last one: those of which nothing was offered at any look for so
 * long, whose host has no stored task, ended ones included, and is in no maintenance. One that comes back is stored with
 * its first offer, as a new one is, so that to forget too much costs nothing. Absence is counted in this process alone: a
 * new leader begins anew. The original keeps every host for ever. The result ends it.
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
          log.info({ agents: agentIds.length }, 'agents that left the cluster are forgotten');
        },
        (error) => log.error({ error: messageOf(error) }, 'absent agents were not forgotten'),
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
