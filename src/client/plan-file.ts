import { readFileSync, writeFileSync } from 'node:fs';
import { decodeStruct, encodeStruct } from '../api/index.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { parseJobKey } from './job-key.ts';
import type { PlanForm } from './plan-form.ts';

const broken = (file: string, text: string, cause?: unknown) =>
  new AuroraError('CONFIG', `${file} ${text}`, { next: "make it anew with 'aurora update plan'", cause });

/** Writes a plan, with the usual file permissions. Throws CONFIG. */
export function writePlan(file: string, plan: PlanForm): void {
  try {
    writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (cause) {
    throw new AuroraError('CONFIG', `${file} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

/** Reads a plan completely; a request that this program would not send exactly as written is refused. Throws CONFIG. */
export function readPlan(file: string): PlanForm {
  let plan: PlanForm;
  try {
    plan = JSON.parse(readFileSync(file, 'utf8')) as PlanForm;
  } catch (cause) {
    throw broken(file, `cannot be read: ${messageOf(cause)}`, cause);
  }
  if (plan?.type !== 'aurora-update-plan') throw broken(file, 'is no plan of an update');
  if (plan.version !== 1)
    throw broken(file, `is a plan of version ${plan.version}, which this program does not know`);
  const { digest, job, source, groups } = plan;
  const isWhole =
    typeof job === 'string' &&
    (digest === null || typeof digest === 'string') &&
    typeof source?.file === 'string' &&
    Array.isArray(groups);
  if (!isWhole) throw broken(file, 'is no whole plan');
  parseJobKey(job);
  if (!isSendable(plan.request)) throw broken(file, 'has a request that is damaged');
  return plan;
}

/** Whether the request stays the same when it is encoded and decoded. */
function isSendable(request: PlanForm['request']): boolean {
  try {
    const back = decodeStruct('JobUpdateRequest', encodeStruct('JobUpdateRequest', request));
    return sortedText(back) === sortedText(request);
  } catch {
    return false;
  }
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, item) => {
    if (typeof item === 'bigint') return Number(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
