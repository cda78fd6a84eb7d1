import { ACTIVE_STATES, type ScheduledTask, type SlaPolicy } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import { turnsByKey } from '../outgoing/turns-by-key.ts';
import type { ReadStores, Storage, WriteTransaction } from '../storage/index.ts';
import { isProduction, type Tiers } from '../tiers.ts';
import { coordinatedKey, coordinators } from './coordinator.ts';
import { type CoordinatorPolicy, type CountedPolicy, policyKind, slaRefusal } from './policy.ts';
import { type Standings, standings } from './standings.ts';

export interface SlaGateSettings {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  readonly tiers: Tiers;
  readonly flags: FlagSlice<'sla'>;
}

/** What is to be done with a task, once its policy allows it. */
export interface SlaQuestion {
  readonly taskId: string;
  /** The policy that counts; undefined allows everything. */
  readonly policy: SlaPolicy | undefined;
  /** More for a coordinator to know, such as the time that is left; asked for when its turn comes. */
  readonly params?: () => Readonly<Record<string, string>>;
  /** Whether the answer still matters; asked when its turn with a coordinator comes, and before acting. Default: yes. */
  readonly stands?: (stores: ReadStores) => boolean;
  /** Takes the task down, in the transaction in which the policy was judged. */
  readonly act: (tx: WriteTransaction, task: ScheduledTask) => void;
}

/** What became of a question. */
export type SlaVerdict =
  | 'done'
  /** The task is no longer active, or the question no longer stands: nothing was done. */
  | 'gone'
  /** Not now, for this reason; time alone may change that from `againMs` on, epoch milliseconds. */
  | { readonly waitsFor: string; readonly againMs?: number | undefined };

/**
 * The one door through which tasks are taken down by their SLA policy: drains, updates and restarts pass it. Percentage
 * and count are judged and acted on in one transaction, so that two of them never both see the last task that may go. A
 * coordinator is asked about one task at a time: the next question waits until the task before it was acted on.
 */
export interface SlaGate {
  /**
   * Judges many questions at once, in their order, and acts on those that are allowed; each job is counted once.
   * @throws AuroraError BUG for one that a coordinator has to be asked about
   */
  judge(questions: readonly SlaQuestion[]): Promise<readonly SlaVerdict[]>;
  /** Judges one question, whatever its policy; with a coordinator this takes as long as that takes to answer. */
  ask(question: SlaQuestion): Promise<SlaVerdict>;
  /** Questions that wait for a coordinator are answered `gone`. */
  close(): void;
}

export function slaGate({ storage, clock, counters, tiers, flags }: SlaGateSettings): SlaGate {
  const askCoordinator = coordinators({
    clusterName: flags.clusterName,
    counters,
    timeoutMs: flags.slaCoordinatorTimeoutMs,
  });
  const turns = turnsByKey(flags.maxParallelCoordinatedMaintenance);

  const isExempt = ({ assignedTask }: ScheduledTask): boolean => {
    const tier = tiers.byName.get(assignedTask.task.tier ?? tiers.defaultName);
    return !flags.slaAwareKillNonProd && !(tier && isProduction(tier));
  };
  const standing = (stores: ReadStores, { taskId, stands }: SlaQuestion): ScheduledTask | undefined => {
    const task = stores.tasks.get(taskId);
    return task && ACTIVE_STATES.has(task.status) && (stands?.(stores) ?? true) ? task : undefined;
  };

  /** Why the task may not go now, by counting; undefined when it may. */
  const refusalOf = (
    counts: Standings,
    task: ScheduledTask,
    policy: CountedPolicy,
  ): SlaVerdict | undefined => {
    if (isExempt(task)) return undefined;
    const job = counts.without(task, policy.durationSecs);
    if (job.total < flags.minRequiredInstancesForSlaCheck) return undefined;
    const waitsFor = slaRefusal(policy, job);
    return waitsFor === undefined ? undefined : { waitsFor, againMs: job.nextMaturityMs };
  };
  const decide = (questions: readonly SlaQuestion[], allowed: boolean): Promise<readonly SlaVerdict[]> =>
    storage.write((tx) => {
      const counts = standings(tx, clock.nowMs());
      return questions.map((question): SlaVerdict => {
        const task = standing(tx, question);
        if (!task) return 'gone';
        const policy = allowed ? undefined : policyKind(question.policy);
        if (policy?.kind === 'coordinator')
          throw new AuroraError('BUG', `a coordinator has to be asked about ${question.taskId}`);
        const refusal = policy && refusalOf(counts, task, policy);
        if (refusal !== undefined) return refusal;
        question.act(tx, task);
        counts.takenDown(task);
        return 'done';
      });
    });

  /** In its turn, which ends when the task was acted on. */
  const coordinate = async (question: SlaQuestion, policy: CoordinatorPolicy): Promise<SlaVerdict> => {
    const task = storage.read((stores) => standing(stores, question));
    if (!task) return 'gone';
    // Neither the tier nor the number of instances spares a coordinator the question, as in the original.
    const refusal = await askCoordinator({ ...policy, task, params: question.params?.() ?? {} });
    if (refusal !== undefined) return { waitsFor: refusal };
    return (await decide([question], true))[0] as SlaVerdict;
  };

  /** A question that has to wait for its turn, under the original's names. */
  const countStarvation = (taskId: string) => {
    counters.add('sla_coordinator_lock_starvation');
    const task = storage.read(({ tasks }) => tasks.get(taskId));
    if (task) counters.add(`sla_coordinator_lock_starvation_${coordinatedKey(flags.clusterName, task)}`);
  };

  return {
    judge: (questions) => decide(questions, false),
    async ask(question) {
      const policy = policyKind(question.policy);
      if (policy?.kind !== 'coordinator') return (await decide([question], false))[0] as SlaVerdict;
      if (turns.busy(policy.url)) countStarvation(question.taskId);
      return turns.take(policy.url, () => coordinate(question, policy), 'gone');
    },
    close: turns.close,
  };
}
