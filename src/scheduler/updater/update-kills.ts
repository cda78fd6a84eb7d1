import {
  type JobUpdateDetails,
  type JobUpdateKey,
  type ScheduledTask,
  SLAVE_ASSIGNED_STATES,
  type SlaPolicy,
} from '../../api/index.ts';
import { nextBackoff } from '../../base/backoff.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { Counters } from '../metrics/counters.ts';
import { policyKind } from '../sla/policy.ts';
import type { SlaGate, SlaQuestion, SlaVerdict } from '../sla/sla-gate.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { ReadStores, UpdateDirection, WriteTransaction } from '../storage/index.ts';
import { jobKeyText, jobUpdateKeyText } from '../storage/keys.ts';
import type { ActiveRun } from './active-runs.ts';
import { ACTIONS, SLA_CHECKING } from './run.ts';
import { addInstanceEvent, eventTimeMs } from './status-changes.ts';
import { workingDirection } from './statuses.ts';

/** Kills tasks for updates; a task with an SLA policy only when that allows it. */
export interface UpdateKills {
  /**
   * Kills the instance's task now, or asks again and again until its SLA policy allows it. Repeated calls change
   * nothing.
   */
  kill(tx: WriteTransaction, active: ActiveRun, instanceId: number): void;
  /** The instances of the update that wait for their SLA policy, by ascending id. */
  waiting(key: JobUpdateKey): NonNullable<JobUpdateDetails['slaWaits']>;
  /** Cancels what is pending for the update, because its status has changed. */
  forget(key: JobUpdateKey): void;
  close(): void;
}

export interface UpdateKillsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly state: StateManager;
  readonly events: Pick<StateEvents, 'publish'>;
  readonly gate: SlaGate;
  readonly retry: { readonly initialMs: number; readonly maxMs: number };
  /** Called when the kill of the task for the update is durable. */
  killed(active: ActiveRun, task: ScheduledTask): void;
}

const PASSED = 'SLA check passed, continuing.';

/** A task whose SLA policy is being asked. */
interface Asking {
  readonly active: ActiveRun;
  readonly instanceId: number;
  readonly taskId: string;
  readonly policy: SlaPolicy;
  waitsFor: string;
  lastWaitMs: number;
  timer: Timer | undefined;
  isOver: boolean;
}

/** The SLA policy that applies: the new configuration's when rolling forward, the old one's when rolling back. */
function policyFor(stores: ReadStores, { key, run }: ActiveRun, instanceId: number): SlaPolicy | undefined {
  const instructions = stores.jobUpdates.update(key)?.instructions;
  if (!instructions?.settings.slaAware) return undefined;
  const wanted = run.wanted(instanceId);
  return wanted || run.direction === 'back' ? wanted?.slaPolicy : instructions.desiredState?.task.slaPolicy;
}

/** Source: the original's KillTask and SlaKillController. */
export function updateKills(options: UpdateKillsOptions): UpdateKills {
  const { clock, counters, gate, log, random, retry, state } = options;
  const byUpdate = new Map<string, Map<number, Asking>>();
  /** Tasks to ask about together in the next turn, so that a job with many of them is counted once. */
  let line: Asking[] = [];
  let flush: Timer | undefined;

  const killNow = (tx: WriteTransaction, active: ActiveRun, task: ScheduledTask) => {
    const message = `Killed for job update ${active.key.id}`;
    state.changeState(tx, { taskId: task.assignedTask.taskId, to: 'KILLING', message });
    tx.afterCommit(() => options.killed(active, task));
  };
  const record = (
    tx: WriteTransaction,
    key: JobUpdateKey,
    direction: UpdateDirection,
    instanceId: number,
    message: string,
  ) => {
    const timestampMs = eventTimeMs(tx, key, clock);
    const action = ACTIONS[direction].starts;
    addInstanceEvent(tx, options.events, key, { instanceId, timestampMs, action, message });
  };
  const questionOf = (asking: Asking): SlaQuestion => {
    const { active, instanceId, policy, taskId } = asking;
    const { key, run } = active;
    counters.add(`updates_sla_kill_attempt_${jobKeyText(key.job)}`);
    return {
      taskId,
      policy,
      stands: (stores, { status }) =>
        !asking.isOver &&
        workingDirection(stores.jobUpdates.status(key)) === run.direction &&
        status !== 'KILLING',
      act(tx, task) {
        record(tx, key, run.direction, instanceId, PASSED);
        killNow(tx, active, task);
        counters.add(`updates_sla_kill_success_${jobKeyText(key.job)}`);
      },
    };
  };
  const over = (asking: Asking) => {
    asking.isOver = true;
    asking.timer?.cancel();
    const text = jobUpdateKeyText(asking.active.key);
    const asked = byUpdate.get(text);
    if (asked?.get(asking.instanceId) === asking) asked.delete(asking.instanceId);
    if (asked?.size === 0) byUpdate.delete(text);
  };
  const settle = (asking: Asking, verdict: SlaVerdict) => {
    if (asking.isOver) return;
    if (typeof verdict === 'string') return over(asking);
    asking.waitsFor = verdict.waitsFor;
    asking.lastWaitMs = nextBackoff(retry, asking.lastWaitMs, random);
    asking.timer = clock.after(asking.lastWaitMs, () => ask(asking));
  };
  const answered = async (some: readonly Asking[], verdicts: Promise<readonly SlaVerdict[]>) => {
    try {
      for (const [at, verdict] of (await verdicts).entries()) settle(some[at] as Asking, verdict);
    } catch (error) {
      log.error({ error: messageOf(error), tasks: some.length }, 'an update could not ask for kills');
      for (const asking of some) settle(asking, { waitsFor: messageOf(error) });
    }
  };
  const ask = (asking: Asking) => {
    if (asking.isOver) return;
    line.push(asking);
    flush ??= clock.after(0, () => {
      flush = undefined;
      const all = line.filter(({ isOver }) => !isOver);
      line = [];
      const counted = all.filter(({ policy }) => policyKind(policy)?.kind !== 'coordinator');
      if (counted.length > 0) void answered(counted, gate.judge(counted.map(questionOf)));
      for (const one of all)
        if (!counted.includes(one))
          void answered(
            [one],
            gate.ask(questionOf(one)).then((verdict) => [verdict]),
          );
    });
  };

  return {
    kill(tx, active, instanceId) {
      const { key, run } = active;
      const task = tx.tasks.activeInstance(key.job, instanceId);
      if (!task) return;
      const policy = policyFor(tx, active, instanceId);
      // A task without an agent serves nobody, so no SLA policy applies.
      if (!policy || !SLAVE_ASSIGNED_STATES.has(task.status)) {
        killNow(tx, active, task);
        return;
      }
      const text = jobUpdateKeyText(key);
      const { taskId } = task.assignedTask;
      const known = byUpdate.get(text)?.get(instanceId);
      if (known?.taskId === taskId) return;
      if (known) over(known);
      if (!run.checking.has(instanceId)) record(tx, key, run.direction, instanceId, SLA_CHECKING);
      run.checking.add(instanceId);
      const asking: Asking = {
        active,
        instanceId,
        taskId,
        policy,
        waitsFor: 'its turn',
        lastWaitMs: 0,
        timer: undefined,
        isOver: false,
      };
      const asked = byUpdate.get(text) ?? new Map<number, Asking>();
      byUpdate.set(text, asked.set(instanceId, asking));
      tx.afterCommit(() => ask(asking));
    },
    waiting: (key) =>
      [...(byUpdate.get(jobUpdateKeyText(key))?.values() ?? [])]
        .map(({ instanceId, waitsFor }) => ({ instanceId, waitsFor }))
        .sort((a, b) => a.instanceId - b.instanceId),
    forget(key) {
      for (const asking of [...(byUpdate.get(jobUpdateKeyText(key))?.values() ?? [])]) over(asking);
    },
    close() {
      flush?.cancel();
      for (const asked of [...byUpdate.values()]) for (const asking of [...asked.values()]) over(asking);
    },
  };
}
