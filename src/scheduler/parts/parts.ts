import { cron } from '../cron/cron.ts';
import { eventStream } from '../events/event-stream.ts';
import { flagSlice } from '../flags/slices.ts';
import { markingStorage, type RpcSettings } from '../http/rpc/rpc-settings.ts';
import { agentAddresses } from '../http/sandboxes/agent-addresses.ts';
import { sandboxViews } from '../http/sandboxes/sandbox-views.ts';
import type { HttpServed } from '../http/server.ts';
import { type MesosSession, mesosSession } from '../mesos/mesos-session.ts';
import { runningHistory } from '../sla/running-history.ts';
import { slaGate } from '../sla/sla-gate.ts';
import { slaNumbers } from '../sla/sla-numbers.ts';
import { stateEvents, stateManager } from '../state/index.ts';
import { type ActiveRuns, activeRuns } from '../updater/active-runs.ts';
import { webhook } from '../webhook/webhook.ts';
import { backingUp } from './backing-up.ts';
import { cronJobs } from './cron-jobs.ts';
import { forgetting } from './forgetting.ts';
import { maintaining } from './maintaining.ts';
import { measuring } from './measuring.ts';
import type { Part, World } from './part.ts';
import type { PartsSettings } from './parts-settings.ts';
import { placing } from './placing.ts';
import { serving } from './serving.ts';
import { updating } from './updating.ts';
import { watching } from './watching.ts';

/** A scheduler without its connections: the interfaces for Mesos and for clients. */
export interface SchedulerParts {
  readonly session: MesosSession;
  readonly http: HttpServed;
  /** Stops every timer; nothing happens by itself after that. */
  close(): void;
}

/** Makes what all parts work with. */
function worldOf(settings: PartsSettings, runs: ActiveRuns): World {
  const { calls, clock, counters, hostname, log, options, random, storage } = settings;
  const events = stateEvents(log, counters);
  const state = stateManager({
    clock,
    random,
    counters,
    events,
    kill: calls.kill,
    schedulerHost: hostname,
    flapping: flagSlice(options, 'state'),
    ended: runs.ended,
  });
  return { clock, random, log, counters, storage, state, events, calls };
}

/** Makes and connects all parts of a scheduler; nothing runs before Mesos' first event. A new part is one line in `all`. */
export function schedulerParts(settings: PartsSettings): SchedulerParts {
  const {
    audit,
    backupDisk,
    end,
    executors,
    hostname,
    leader,
    life,
    links,
    options,
    order,
    security,
    sites,
    tiers,
    traces,
    version,
  } = settings;
  const runs = activeRuns();
  const world = worldOf(settings, runs);
  const { state, storage } = world;
  const gate = slaGate({ ...world, tiers, flags: flagSlice(options, 'sla') });
  const placed = placing({
    ...world,
    gate,
    executors,
    order,
    tiers,
    traceOf: traces?.launching,
    offerFlags: flagSlice(options, 'offers'),
    placingFlags: flagSlice(options, 'placing'),
    preemptingFlags: flagSlice(options, 'preempting'),
  });
  const { book, known, launching, pending } = placed;
  const watched = watching({ ...world, launching, flags: flagSlice(options, 'watching') });
  const validation = { options: flagSlice(options, 'judging'), tiers, executors };
  const jobs = cron({ ...world, flags: flagSlice(options, 'cron') });
  const rpc: RpcSettings = {
    storage: markingStorage(storage),
    state,
    pending,
    validation,
    gate,
    nextCronRunMs: jobs.nextTickMs,
  };
  const stream = eventStream(world);
  const maintained = maintaining({ ...world, gate, flags: flagSlice(options, 'maintaining') });
  const addresses = agentAddresses(options.observerUrl);
  const views = sandboxViews({ ...world, executors, addresses, flags: flagSlice(options, 'sandboxViews') });
  const history = runningHistory(world);
  const all: readonly Part[] = [
    placed,
    watched,
    measuring({ ...world, book, flags: flagSlice(options, 'measuring') }),
    slaNumbers({ ...world, tiers, flags: flagSlice(options, 'slaNumbers') }),
    backingUp({ ...world, rpc, backupDisk, end, version, flags: flagSlice(options, 'backingUp') }),
    updating({ ...world, rpc, runs, gate, placed, flags: flagSlice(options, 'updating') }),
    { close: gate.close },
    maintained,
    cronJobs(rpc, jobs),
    forgetting({ ...world, book, flow: placed.flow, flags: flagSlice(options, 'watching') }),
    ...(settings.webhook ? [webhook({ ...world, config: settings.webhook })] : []),
    stream,
    ...(traces ? [{ close: traces.follow(world.events) }] : []),
    { close: views.close },
    history,
  ];
  const session = mesosSession({
    ...world,
    book,
    updates: watched.updates,
    reconciliation: watched.reconciliation,
    flow: placed.flow,
    offered(offers) {
      addresses.offered(offers);
      placed.offered(offers);
    },
    inverseOffered(offers) {
      for (const part of all) part.inverseOffered?.(offers);
    },
    inverseRescinded(offerId) {
      for (const part of all) part.inverseRescinded?.(offerId);
    },
    subscribed() {
      if (!life.to('ACTIVE')) return;
      for (const part of all) part.start?.();
    },
  });
  const http = serving({
    ...world,
    flags: flagSlice(options, 'serving'),
    limits: flagSlice(options, 'limiting'),
    traces,
    sites,
    security,
    audit,
    rpc,
    tiers,
    links,
    known,
    unknown: watched.unknown,
    life,
    leader,
    parts: all,
    stream,
    hostname,
    version,
    waitsOn: maintained.waitsOn,
    history,
    views,
  });
  return {
    session,
    http,
    close() {
      session.close();
      for (const part of all) part.close?.();
    },
  };
}
