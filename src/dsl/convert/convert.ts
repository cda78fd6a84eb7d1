import type { GetTierConfigResult, Wire } from '../../api/index.ts';
import { cronProblems } from '../check/cron.ts';
import { planProblems } from '../check/plan.ts';
import { processProblems } from '../check/processes.ts';
import { ruleProblems } from '../check/rules.ts';
import { slaProblems } from '../check/sla.ts';
import { taskIdProblems } from '../check/task-ids.ts';
import { updateProblems } from '../check/update-limits.ts';
import { warningsAbout } from '../check/warnings.ts';
import type { Problem } from '../resolve/problem.ts';
import { resolveStruct } from '../resolve/resolve.ts';
import type { DictNode, StructNode } from '../schema/node.ts';
import type { ResolvedStruct } from '../schema/table.ts';
import { parseAddress } from '../template/address.ts';
import { portProblems, portsOf } from './ports.ts';
import { constraintProblems } from './scheduling-constraints.ts';
import { jobConfigurationOf, runsThermos } from './task-config.ts';
import { withTier } from './tiers.ts';
import { updateSettingsOf } from './update-settings.ts';
import { executorDataOf, type WireForm } from './wire-form.ts';

/** What the conversion needs from outside the file. */
export interface ConversionInput {
  /** The user who submits the job: `owner.user`. */
  readonly user: string;
  /** The scheduler's answer to getTierConfigs; without it tier and production stay as in the file. */
  readonly tiers?: GetTierConfigResult | undefined;
  /** Digests of the images that `imagesIn` returned, by `name:tag`. */
  readonly digests?: ReadonlyMap<string, string> | undefined;
}

/** A job in all forms that a client needs. */
export interface ConvertedJob {
  readonly jobConfiguration: Wire<'JobConfiguration'>;
  /** The data for the executor, sent as JSON text; null when another executor runs the job. */
  readonly executorData: WireForm | null;
  readonly updateSettings: Wire<'JobUpdateSettings'>;
  /** Names of the ports that the scheduler assigns, sorted. */
  readonly ports: readonly string[];
  /** The job with templates filled in, all defaults, and the types of the language. */
  readonly job: ResolvedStruct<'Job'>;
  /** Things that are allowed but probably not intended. */
  readonly warnings: readonly string[];
}

/** Old names for values that the job itself has; the original fills them in before it submits a job. */
const LEGACY: DictNode = {
  kind: 'dict',
  entries: { 'mesos.role': '{{role}}', 'mesos.cluster': '{{cluster}}', 'thermos.user': '{{role}}' },
};

const bound = (node: StructNode, ...bindings: readonly DictNode[]): StructNode => ({
  ...node,
  binds: [...bindings, ...node.binds],
});

function resolved(node: StructNode, digests: ReadonlyMap<string, string> = new Map()) {
  const images: DictNode = {
    kind: 'dict',
    entries: Object.fromEntries(
      [...digests].map(([image, digest]) => {
        const colon = image.lastIndexOf(':');
        return [`docker.image[${image.slice(0, colon)}][${image.slice(colon + 1)}]`, digest];
      }),
    ),
  };
  return resolveStruct('Job', bound(node, LEGACY, images));
}

/** All mistakes of a job, in the order of its fields. */
export const problemsOf = (node: StructNode, digests?: ReadonlyMap<string, string>): readonly Problem[] =>
  checked(node, digests).problems;

/** Fills in a job's templates and finds all of its mistakes, in the order of its fields. */
function checked(node: StructNode, digests?: ReadonlyMap<string, string>) {
  const { value, problems } = resolved(node, digests);
  return {
    value,
    problems: problems.length > 0 ? [...problems, ...partialProblems(value, problems)] : problemsIn(value),
  };
}

/** An image whose digest the client must look up before it converts a job. */
export interface ImageName {
  readonly name: string;
  readonly tag: string;
}

/** The images that a job names by `{{docker.image[NAME][TAG]}}`. */
export function imagesIn(node: StructNode): readonly ImageName[] {
  const images = new Map<string, ImageName>();
  for (const { variable } of resolved(node).problems) {
    if (!variable?.startsWith('docker.image[')) continue;
    const [, , name, tag] = parseAddress(variable).steps;
    if (name && tag) images.set(variable, { name: name.text, tag: tag.text });
  }
  return [...images.values()];
}

/** The mistakes of a job whose values all have the right types. */
function problemsIn(job: ResolvedStruct<'Job'>): readonly Problem[] {
  return [
    ...ruleProblems(job),
    ...taskIdProblems(job),
    ...cronProblems(job),
    ...processProblems(job),
    ...planProblems(job.task),
    ...constraintProblems(job),
    ...portProblems(job),
    ...updateProblems(job),
    ...slaProblems(job),
  ];
}

/**
 * Further mistakes of a job that already has some: runs the checks on the parts that exist, and reports nothing about
 * missing values or about parts that already have a mistake.
 */
function partialProblems(job: ResolvedStruct<'Job'>, known: readonly Problem[]): readonly Problem[] {
  const broken = (...parts: readonly string[]) => known.some(({ path }) => parts.includes(String(path[0])));
  const rules = ruleProblems(job).filter(({ kind, path }) => kind !== 'bad-type' && reaches(job, path));
  return [
    ...rules,
    ...(broken('name', 'role', 'environment', 'instances', 'executorConfig') ? [] : taskIdProblems(job)),
    ...cronProblems(job),
    ...processProblems(job),
    ...(broken('task') || !job.task ? [] : planProblems(job.task)),
    ...(broken('constraints', 'role') ? [] : constraintProblems(job)),
    ...(broken('announce', 'constraints') ? [] : portProblems(job)),
    ...(broken('updateConfig', 'instances', 'constraints') ? [] : updateProblems(job)),
    ...(broken('updateConfig', 'instances', 'slaPolicy') ? [] : slaProblems(job)),
  ];
}

const reaches = (value: unknown, path: Problem['path']): boolean => {
  let at = value;
  for (const step of path) {
    at = (at as Readonly<Record<string | number, unknown>> | undefined)?.[step];
    if (typeof at === 'object' && at !== null && 'struct' in at && 'value' in at) at = at.value;
  }
  return at !== undefined;
};

/**
 * Converts a job: returns all of its mistakes, or the job in all forms. A doomed job is converted, too. Never throws on
 * a user's mistake.
 */
export function convert(
  node: StructNode,
  { user, tiers, digests }: ConversionInput,
): { readonly problems: readonly Problem[] } | { readonly converted: ConvertedJob } {
  const { value: given, problems } = checked(node, digests);
  if (problems.some(({ doomed }) => !doomed)) return { problems };
  const job = tiers ? withTier(given, tiers) : given;
  const executorData = runsThermos(job) ? executorDataOf(job) : null;
  return {
    converted: {
      jobConfiguration: jobConfigurationOf(job, user, executorData),
      executorData,
      updateSettings: updateSettingsOf(job),
      ports: portsOf(job),
      job,
      warnings: warningsAbout(given),
    },
  };
}
