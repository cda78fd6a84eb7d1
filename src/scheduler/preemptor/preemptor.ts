import { type TaskConfig, toNumber } from '../../api/index.ts';
import type { Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { AttributeCounts } from '../scheduling/constraints.ts';
import { storedValues } from '../scheduling/job-hosts.ts';
import type { TaskGroups } from '../scheduling/task-groups.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { ReadStores, WriteTransaction } from '../storage/index.ts';
import type { Claim } from './claims.ts';
import { loadedAgents } from './loaded-agents.ts';
import { findSlot, type SearchContext, stillVictims } from './search.ts';

/** Names and defaults are those of the flags. */
export interface PreemptorSettings {
  readonly preemptionDelayMs: number;
  readonly preemptionSlotSearchInitialDelayMs: number;
  readonly preemptionSlotSearchIntervalMs: number;
  readonly preemptionReservationMaxBatchSize: number;
}

export interface PreemptorOptions extends SearchContext {
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add' | 'gauge' | 'measure'>;
  readonly events: StateEvents;
  readonly groups: Pick<TaskGroups, 'waiting' | 'retry'>;
  readonly settings: PreemptorSettings;
}

/** The maximum number of a group's tasks for which one run searches. */
const MAX_PER_GROUP = 100;

/** Work in one step (see search.ts), a few milliseconds; other work runs between steps. */
const STEP_WORK = 10_000;
const PAUSE_MS = 5;

const forTier = (claim: Claim): string => (claim.preemptible ? 'non_prod' : 'prod');

interface Candidate {
  readonly group: TaskConfig;
  /** How many of its tasks need a slot. */
  count: number;
}

/** The order of the searches: groups in turn, `batch` tasks of each at a time. */
export function interleaved(candidates: readonly Candidate[], batch: number): TaskConfig[] {
  const order: TaskConfig[] = [];
  let left = candidates.map(({ group, count }) => ({ group, count }));
  while (left.length > 0) {
    for (const one of left) {
      const run = Math.min(batch, one.count);
      for (let n = 0; n < run; n++) order.push(one.group);
      one.count -= run;
    }
    left = left.filter(({ count }) => count > 0);
  }
  return order;
}

/** Groups without a slot, and how many of their tasks have been pending long enough. */
function candidatesOf(stores: ReadStores, options: PreemptorOptions): Candidate[] {
  const pendingSinceMs = options.clock.nowMs() - options.settings.preemptionDelayMs;
  const found: Candidate[] = [];
  for (const { config, ids } of options.groups.waiting()) {
    if (options.slots.of(config).length > 0) continue;
    let count = 0;
    for (const taskId of ids) {
      const task = stores.tasks.get(taskId);
      // Tasks that have waited longest come first.
      if (toNumber(task?.taskEvents.at(-1)?.timestamp ?? 0) > pendingSinceMs || count === MAX_PER_GROUP)
        break;
      if (task?.status === 'PENDING') count++;
    }
    if (count > 0) found.push({ group: config, count });
  }
  return found;
}

/**
 * Periodically searches for preemptions that make room for tasks that have been pending for long. The result is kept as
 * a slot for the group's next attempt (see `preemptFor`). Returns a function that stops it.
 */
export function startPreemptor(options: PreemptorOptions): () => void {
  const { clock, counters, events, groups, settings, slots, storage } = options;
  const agents = loadedAgents(storage, options.claimOf);
  let timer: Timer;
  let position = 0;

  function* run(): Generator<number> {
    agents.sweep();
    const candidates = storage.read((stores) => candidatesOf(stores, options));
    const hopeless = new Set<TaskConfig>();
    for (const group of interleaved(candidates, settings.preemptionReservationMaxBatchSize)) {
      if (hopeless.has(group)) continue;
      const claim = options.claimOf(group);
      counters.add(`preemptor_slot_search_attempts_for_${forTier(claim)}`);
      const { slot, endAt } = yield* findSlot(claim, agents, position, options);
      position = endAt;
      counters.add(`preemptor_slot_search_${slot ? 'successful' : 'failed'}_for_${forTier(claim)}`);
      if (slot) {
        slots.add(group, slot);
        groups.retry(group);
      } else {
        hopeless.add(group);
        counters.add('preemptor_unmatched_tasks');
      }
    }
  }
  /** Runs one step; returns true when nothing is left to do. */
  const finished = (steps: Generator<number>): boolean => {
    for (let work = 0; work < STEP_WORK; ) {
      const next = steps.next();
      if (next.done) return true;
      work += next.value;
    }
    return false;
  };
  const start = () => {
    counters.add('preemptor_task_processor_runs');
    const startMs = clock.monotonicMs();
    const steps = run();
    const step = () => {
      try {
        if (finished(steps)) {
          counters.measure('pending_task_processor_run', clock.monotonicMs() - startMs);
          timer = clock.after(settings.preemptionSlotSearchIntervalMs, start);
        } else timer = clock.after(PAUSE_MS, step);
      } catch (error) {
        options.log.error({ error: messageOf(error) }, 'a search for preemptions failed');
        timer = clock.after(settings.preemptionSlotSearchIntervalMs, start);
      }
    };
    step();
  };
  const unlisten = events.subscribe(agents.listen);
  timer = clock.after(settings.preemptionSlotSearchInitialDelayMs, start);
  return () => {
    unlisten();
    timer.cancel();
  };
}

export interface PreemptContext extends SearchContext {
  readonly state: StateManager;
}

/**
 * Uses the group's first slot that is still valid: preempts its victims and reserves their agent for the group. Invalid
 * slots are dropped.
 * @returns whether any task was preempted
 */
function useSlot(
  tx: WriteTransaction,
  taskId: string,
  claim: Claim,
  counts: AttributeCounts,
  context: PreemptContext,
): boolean {
  const { counters, reservations, slots, state } = context;
  const group = claim.config;
  for (let slot = slots.take(group); slot; slot = slots.take(group)) {
    const victims = stillVictims(tx, slot, claim, counts, context);
    if (!victims || victims.length === 0) {
      counters.add('preemptor_slot_validation_failed');
      continue;
    }
    counters.add('preemptor_slot_validation_successful');
    const message = `Preempting in favor of ${taskId}`;
    for (const { task, preemptible } of victims) {
      const change = {
        taskId: task.assignedTask.taskId,
        cas: task.status,
        to: 'PREEMPTING',
        message,
      } as const;
      state.changeState(tx, change);
      counters.add(`preemptor_tasks_preempted_${preemptible ? 'non_prod' : 'prod'}`);
    }
    reservations.reserve(slot.agentId, group);
    const stored = tx.hosts.ofAgent(slot.agentId);
    if (stored) counts.add(storedValues(stored));
    return true;
  }
  return false;
}

/**
 * Preempts for tasks that an attempt could not place, as long as the group has slots; agents already reserved for the
 * group cover as many of the tasks.
 * @returns whether any task was preempted
 */
export function preemptFor(
  tx: WriteTransaction,
  group: TaskConfig,
  taskIds: readonly string[],
  counts: AttributeCounts,
  context: PreemptContext,
): boolean {
  if (context.slots.size === 0) return false;
  const claim = context.claimOf(group);
  let used = 0;
  for (const taskId of taskIds.slice(context.reservations.countOf(group))) {
    if (!useSlot(tx, taskId, claim, counts, context)) break;
    used++;
  }
  return used > 0;
}
