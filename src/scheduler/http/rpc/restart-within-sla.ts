import { type JobKey, type ScheduledTask, SLAVE_ASSIGNED_STATES } from '../../../api/index.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { policyKind } from '../../sla/policy.ts';
import type { SlaQuestion, SlaVerdict } from '../../sla/sla-gate.ts';
import { changed, type Outcome, whileUpdating } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';

/**
 * Restarts those instances whose SLA policy allows it now. The reply lists the others with what each waits for. If a
 * policy names a coordinator, the call takes as long as the coordinator needs to answer.
 * @throws AuroraError BAD_PARAMETER when an instance is not active
 */
export async function restartWithinSla(
  { gate, state, storage }: Pick<RpcSettings, 'gate' | 'state' | 'storage'>,
  job: JobKey,
  ids: readonly number[],
  user: string | undefined,
): Promise<Outcome> {
  const updating = storage.read((stores) => whileUpdating(stores, job));
  if (updating) return updating;
  const tasks = storage.read((stores) => ids.map((id) => stores.tasks.activeInstance(job, id)));
  const missing = ids.filter((_, at) => !tasks[at]);
  if (missing.length > 0) throw refused(`Not all requested instances are active: ${missing.join(', ')}`);
  const assigned = tasks.flatMap((task) => (task && SLAVE_ASSIGNED_STATES.has(task.status) ? [task] : []));
  const questionOf = ({ assignedTask: { taskId, task } }: ScheduledTask): SlaQuestion => ({
    taskId,
    policy: task.slaPolicy,
    stands: (stores, { status }) => SLAVE_ASSIGNED_STATES.has(status) && !whileUpdating(stores, job),
    act: (tx) => void state.changeState(tx, { taskId, to: 'RESTARTING', message: `Restarted by ${user}` }),
  });
  const questions = assigned.map(questionOf);
  const isCounted = ({ policy }: SlaQuestion) => policyKind(policy)?.kind !== 'coordinator';
  const counted = questions.filter(isCounted);
  const asked = questions.filter((question) => !isCounted(question));
  const [ofCounted, ofAsked] = await Promise.all([
    counted.length > 0 ? gate.judge(counted) : [],
    Promise.all(asked.map((question) => gate.ask(question))),
  ]);
  const verdicts = new Map<string, SlaVerdict>([
    ...counted.map(({ taskId }, at) => [taskId, ofCounted[at] as SlaVerdict] as const),
    ...asked.map(({ taskId }, at) => [taskId, ofAsked[at] as SlaVerdict] as const),
  ]);
  const waiting = assigned.flatMap(({ assignedTask: { instanceId, taskId } }) => {
    const verdict = verdicts.get(taskId);
    return typeof verdict === 'object' ? [{ instanceId, waitsFor: verdict.waitsFor }] : [];
  });
  const held = new Set(waiting.map(({ instanceId }) => instanceId));
  return {
    ...changed(ids.length - held.size),
    result: { restartShardsResult: { restarted: ids.filter((id) => !held.has(id)), waiting } },
    ...(waiting.length > 0
      ? { details: waiting.map(({ instanceId, waitsFor }) => `Instance ${instanceId} waits: ${waitsFor}`) }
      : {}),
  };
}
