import { resolve } from 'node:path';
import { CHANGED } from './diff-job.ts';
import type { ConfigFlags, JobOfFile } from './job-config.ts';
import type { ClusterInstanceKey } from './job-key.ts';
import { type PlanForm, planForm } from './plan-form.ts';
import { planText } from './plan-text.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { judge } from './update-plan.ts';
import { loadForUpdate, updateRequestOf } from './update-request.ts';

export interface PlanOptions {
  readonly file: string;
  readonly config: ConfigFlags;
  /** The file to write the plan to, for `update start --plan`. */
  readonly out?: string | undefined;
  readonly json: boolean;
  /** Exit with code 2 when something would change. */
  readonly exitCode: boolean;
}

/**
 * Prints what an update would do without starting it, and returns the exit code. Throws COMMAND_FAILED for a cron job
 * and for a request that breaks a rule, CONFIG for a file that cannot be read or written.
 */
export async function planUpdate(
  session: Session,
  meant: ClusterInstanceKey,
  { file, config, out, json, exitCode }: PlanOptions,
): Promise<number> {
  let known: SchedulerClient | undefined;
  const connect = () => (known ??= schedulerOf(session, meant.job.cluster));
  const converted = await loadForUpdate(session, connect, meant, file, config);
  const plan = await planOf(session, connect(), meant, { converted, file, config });
  if (out !== undefined) {
    const { writePlan } = await import('./plan-file.ts');
    writePlan(out, plan);
  }
  session.give?.(plan);
  if (json) session.print(`${JSON.stringify(plan, null, 2)}\n`);
  else {
    session.print(planText(plan));
    if (out !== undefined) session.print(`'aurora update start --plan ${out}' starts exactly this.\n`);
  }
  return exitCode && plan.groups.some(({ action }) => action !== 'keep') ? CHANGED : 0;
}

/** Makes the plan for a job that has been read. */
export async function planOf(
  session: Session,
  scheduler: SchedulerClient,
  { job, instances }: ClusterInstanceKey,
  read: { readonly converted: JobOfFile; readonly file: string; readonly config: ConfigFlags },
): Promise<PlanForm> {
  const { converted, file, config } = read;
  const request = updateRequestOf(converted, instances);
  const judgement = await judge(session, scheduler, request, converted.jobConfiguration);
  return planForm({
    job,
    instances,
    nowMs: session.clock.nowMs(),
    source: { file: resolve(file), binds: config.binds, json: config.json },
    converted,
    request,
    judgement,
  });
}
