import { existsSync } from 'node:fs';
import type { Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { configChanges } from './config-diff.ts';
import { changesText } from './config-diff-text.ts';
import { type ConfigFlags, type JobOfFile, loadJob } from './job-config.ts';
import { type ClusterInstanceKey, jobKeyText, parseInstanceKey } from './job-key.ts';
import { readPlan } from './plan-file.ts';
import type { PlanForm } from './plan-form.ts';
import { planOf } from './plan-update.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { updateRequestOf } from './update-request.ts';

/** A plan that still holds as far as the client can tell. */
export interface HeldPlan {
  readonly plan: PlanForm;
  readonly meant: ClusterInstanceKey;
  readonly scheduler: SchedulerClient;
  /** The request. With a digest, the scheduler compares the plan with the job and starts it in one step. */
  readonly request: Wire<'JobUpdateRequest'>;
  /** The job's file, if it is still there. */
  readonly loaded: JobOfFile | undefined;
}

/** What the command line adds to the plan; a file that it names is used instead of the plan's own. */
export interface BesidePlan {
  readonly meant?: ClusterInstanceKey | undefined;
  readonly file?: string | undefined;
  readonly config: ConfigFlags;
}

/**
 * Reads a plan and compares it with its file, if that still exists. Throws COMMAND_FAILED, saying what differs, when
 * the file has changed, or, with a scheduler that makes no plans, when the job has.
 */
export async function heldPlan(session: Session, path: string, beside: BesidePlan): Promise<HeldPlan> {
  const plan = readPlan(path);
  const meant = parseInstanceKey(plan.instances === null ? plan.job : `${plan.job}/${plan.instances}`);
  if (beside.meant && keyText(beside.meant) !== keyText(meant)) {
    throw new AuroraError(
      'USAGE',
      `${path} is a plan for ${keyText(meant)}, not for ${keyText(beside.meant)}`,
    );
  }
  const scheduler = schedulerOf(session, meant.job.cluster);
  const file = beside.file ?? plan.source.file;
  const config = beside.file ? beside.config : { binds: plan.source.binds, json: plan.source.json };
  let loaded: JobOfFile | undefined;
  if (existsSync(file)) {
    const converted = await loadJob(session, () => scheduler, meant.job, file, config);
    loaded = converted;
    requireSame(plan, updateRequestOf(converted, meant.instances), file);
    if (plan.digest === null) {
      requireSameGroups(plan, await planOf(session, scheduler, meant, { converted, file, config }));
    }
  } else if (beside.file) {
    throw new AuroraError('CONFIG', `${file} does not exist`);
  } else {
    session.log.info({}, `${file} is not here: the plan alone counts`);
  }
  const request = plan.digest === null ? plan.request : { ...plan.request, planDigest: plan.digest };
  return { plan, meant, scheduler, request, loaded };
}

const keyText = ({ job, instances }: ClusterInstanceKey): string =>
  `${jobKeyText(job)}${instances ? `/${instances.join(',')}` : ''}`;

/** The request without its owner, who is just the user that read the file. */
const withoutOwner = ({ taskConfig, ...rest }: Wire<'JobUpdateRequest'>) => {
  const { owner: _, ...config } = taskConfig ?? {};
  return { ...rest, config };
};

function requireSame(plan: PlanForm, now: Wire<'JobUpdateRequest'>, file: string): void {
  const [planned, read] = [withoutOwner(plan.request), withoutOwner(now)];
  const changes = changesText(configChanges(planned.config, read.config));
  const lines = [
    ...(planned.instanceCount === read.instanceCount
      ? []
      : [`  instances: ${planned.instanceCount} -> ${read.instanceCount}\n`]),
    ...settingsChanges(planned.settings ?? {}, read.settings ?? {}),
    changes,
  ].join('');
  if (lines) throw stale(`${file} has changed since:\n${lines.trimEnd()}`);
}

function settingsChanges(
  planned: Wire<'JobUpdateSettings'>,
  read: Wire<'JobUpdateSettings'>,
): readonly string[] {
  const names = [...new Set([...Object.keys(planned), ...Object.keys(read)])] as (keyof typeof planned)[];
  return names.flatMap((name) => {
    const [before, after] = [JSON.stringify(planned[name]), JSON.stringify(read[name])];
    return before === after ? [] : [`  ${name}: ${before ?? '(unset)'} -> ${after ?? '(unset)'}\n`];
  });
}

const stale = (text: string) =>
  new AuroraError('COMMAND_FAILED', `The plan no longer holds. ${text}`, {
    next: "make it anew with 'aurora update plan'",
  });

/**
 * Throws when the job has changed since the plan. Used when the scheduler cannot check this in one step with the start,
 * so the job may still change in between.
 */
function requireSameGroups(plan: PlanForm, now: PlanForm): void {
  const text = ({ groups }: PlanForm) =>
    groups.map(({ action, instances, changes }) => `${action} ${instances} ${JSON.stringify(changes ?? [])}`);
  const [planned, current] = [text(plan), new Set(text(now))];
  if (planned.length === current.size && planned.every((line) => current.has(line))) return;
  const shown = (groups: PlanForm['groups']) =>
    groups.map(({ action, instances }) => `${action} ${instances}`).join(', ');
  throw stale(`The job has changed since: planned was ${shown(plan.groups)}; now it is ${shown(now.groups)}`);
}
