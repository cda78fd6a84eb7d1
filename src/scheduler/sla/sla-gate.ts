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

/** What to do with a task once its policy allows it. */
export interface SlaQuestion {
  readonly taskId: string;
  /** The policy that applies; undefined allows everything. */
  readonly policy: SlaPolicy | undefined;
  /** Additional fields for a coordinator, such as the time left; called when the question's turn comes. */
  readonly params?: () => Readonly<Record<string, string>>;
  /**
   * Whether the question still matters; `task` is as stored now, and active. Called when its turn with a coordinator
   * comes, and before acting. Default: yes.
   */
  readonly stands?: (stores: ReadStores, task: ScheduledTask) => boolean;
  /** Takes the task down, in the same transaction in which its policy was judged. */
  readonly act: (tx: WriteTransaction, task: ScheduledTask) => void;
}

/** The result of a question. */
export type SlaVerdict =
  | 'done'
  /** Nothing was done, because the task is no longer active or the question no longer matters. */
  | 'gone'
  /** Not allowed now, for this reason. From `againMs` (epoch milliseconds) on, time alone may change that. */
  | { readonly waitsFor: string; readonly againMs?: number | undefined };

/** What the tasks' own policies say at one moment. Valid as long as nobody changes tasks. */
export interface SlaLook {
  /**
   * Those of the tasks that may not go, if the tasks are taken down together in this order. A task with a coordinator
   * is always among them, because a coordinator cannot be asked within a transaction.
   */
  kept(tasks: readonly ScheduledTask[]): readonly ScheduledTask[];
}

/**
 * The only way to take tasks down subject to their SLA policy; drains, updates and restarts all use it, and
 * preemption by flag. Percentage and
 * count policies are judged and acted on in one transaction, so that two callers never both take the last task that may
 * go. A coordinator is asked about one task at a time: the next question waits until the previous task has been acted
 * on.
 */
export interface SlaGate {
  /**
   * Judges many questions in order, and acts on those that are allowed; each job is counted once.
   * @throws AuroraError BUG for a policy that needs a coordinator.
   */
  judge(questions: readonly SlaQuestion[]): Promise<readonly SlaVerdict[]>;
  /** Judges one question with any policy. With a coordinator this takes as long as the coordinator needs to answer. */
  ask(question: SlaQuestion): Promise<SlaVerdict>;
  /** Judges without acting, for callers that choose among tasks and act in the same transaction. */
  look(stores: ReadStores): SlaLook;
  /** Answers `gone` to all questions that wait for a coordinator. */
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
    return task && ACTIVE_STATES.has(task.status) && (stands?.(stores, task) ?? true) ? task : undefined;
  };

  /** Judges by counting: the refusal, or undefined when the task may go now. */
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

  /** Asks the coordinator. Runs as the question's turn, which ends when the task has been acted on. */
  const coordinate = async (question: SlaQuestion, policy: CoordinatorPolicy): Promise<SlaVerdict> => {
    const task = storage.read((stores) => standing(stores, question));
    if (!task) return 'gone';
    // Coordinators are asked whatever the tier or the number of instances, as in the original.
    const refusal = await askCoordinator({ ...policy, task, params: question.params?.() ?? {} });
    if (refusal !== undefined) return { waitsFor: refusal };
    return (await decide([question], true))[0] as SlaVerdict;
  };

  /** Counts a question that has to wait for its turn, under the original's names. */
  const countStarvation = (taskId: string) => {
    counters.add('sla_coordinator_lock_starvation');
    const task = storage.read(({ tasks }) => tasks.get(taskId));
    if (task) counters.add(`sla_coordinator_lock_starvation_${coordinatedKey(flags.clusterName, task)}`);
  };

  const look = (stores: ReadStores): SlaLook => {
    const counts = standings(stores, clock.nowMs());
    const isKept = (task: ScheduledTask): boolean => {
      const policy = policyKind(task.assignedTask.task.slaPolicy);
      if (policy?.kind === 'coordinator') return true;
      return policy !== undefined && refusalOf(counts, task, policy) !== undefined;
    };
    return {
      kept(tasks) {
        // Counts every job as it is, before any of the tasks is imagined to be gone.
        for (const task of tasks) isKept(task);
        const gone: ScheduledTask[] = [];
        const kept = tasks.filter((task) => {
          if (isKept(task)) return true;
          counts.takenDown(task);
          gone.push(task);
          return false;
        });
        for (const task of gone) counts.restored(task);
        return kept;
      },
    };
  };

  return {
    look,
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
