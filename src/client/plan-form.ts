import type { Wire } from '../api/index.ts';
import { placeOf } from './change-place.ts';
import { configChanges } from './config-diff.ts';
import type { JobOfFile } from './job-config.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { joinedRanges, rangesOf, rangesWords } from './ranges.ts';
import type { Judgement } from './update-plan.ts';

type Group = Wire<'ConfigGroup'>;
type Range = Wire<'Range'>;

/** The file that a plan was made from, and how it was read. */
export interface PlanSource {
  /** Absolute path. */
  readonly file: string;
  readonly binds: Readonly<Record<string, string>>;
  readonly json: boolean;
}

/** A plan as `--json` prints it and `--out` writes it. Instances are texts like `0-2,5`, times are in milliseconds. */
export interface PlanForm {
  readonly type: 'aurora-update-plan';
  readonly version: 1;
  /** `cluster/role/environment/name`. */
  readonly job: string;
  /** The instances that the update is limited to; null means all. */
  readonly instances: string | null;
  readonly madeAt: string;
  readonly source: PlanSource;
  /** Lets the scheduler check that it starts this very plan; null when the scheduler makes no plans. */
  readonly digest: string | null;
  readonly groups: readonly PlanGroup[];
  readonly batches: readonly PlanBatch[];
  readonly settings: unknown;
  readonly forecast: unknown;
  readonly leastMs: number;
  readonly activeUpdate: PlanUpdate | null;
  readonly lastUpdate: PlanUpdate | null;
  readonly refusals: readonly string[];
  /** The request that `update start --plan` sends. */
  readonly request: Wire<'JobUpdateRequest'>;
}

interface PlanGroup {
  readonly action: 'add' | 'update' | 'remove' | 'keep';
  readonly instances: string;
  /** What changes, for instances that are updated. */
  readonly changes?: readonly PlanChange[];
}

/** A field that changes; `before` or `after` is missing when it is not set on that side. */
interface PlanChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Where the file sets the field; line and column count from 1. */
  readonly at?: { readonly file: string; readonly line: number; readonly column: number } | undefined;
}

interface PlanBatch {
  readonly create: string;
  readonly replace: string;
  readonly remove: string;
  readonly inFlight: number;
  readonly pausesAfter: boolean;
}

interface PlanUpdate {
  readonly id: string;
  readonly status: string;
  readonly user: string;
}

export interface PlanOf {
  readonly job: ClusterJobKey;
  readonly instances: readonly number[] | undefined;
  readonly nowMs: number;
  readonly source: PlanSource;
  readonly converted: JobOfFile;
  readonly request: Wire<'JobUpdateRequest'>;
  readonly judgement: Judgement;
}

/** Combines the scheduler's judgement with what the file says about it. */
export function planForm({ job, instances, nowMs, source, converted, request, judgement }: PlanOf): PlanForm {
  const { diff = {}, batches = [], settings = {}, forecast, leastMs = 0, refusals = [] } = judgement;
  const after = judgement.taskConfig ?? request.taskConfig ?? {};
  const group = (action: PlanGroup['action']) => (one: Group) => ({
    action,
    instances: words(one.instances),
    ...(action === 'update' ? { changes: changesOf(one.config ?? {}, after, converted) } : {}),
  });
  return plain({
    type: 'aurora-update-plan',
    version: 1,
    job: jobKeyText(job),
    instances: instances ? rangesWords(rangesOf(instances)) : null,
    madeAt: new Date(nowMs).toISOString(),
    source,
    digest: judgement.digest ?? null,
    groups: [
      ...merged((diff.add ?? []).map(group('add'))),
      ...(diff.update ?? []).map(group('update')),
      ...merged((diff.remove ?? []).map(group('remove'))),
      ...merged((diff.unchanged ?? []).map(group('keep'))),
    ],
    batches: batches.map(({ create, replace, remove, inFlight = 1, pausesAfter = false }) => ({
      create: words(create),
      replace: words(replace),
      remove: words(remove),
      inFlight,
      pausesAfter,
    })),
    settings,
    forecast: forecast ?? null,
    leastMs: Number(leastMs),
    activeUpdate: updateOf(judgement.activeUpdate),
    lastUpdate: updateOf(judgement.lastUpdate),
    refusals,
    request,
  });
}

const words = (ranges: readonly Range[] | undefined): string => rangesWords(joinedRanges(ranges ?? []));

/** Merges groups into one: instances that meet the same fate get one line, even if their configurations differ. */
function merged(groups: readonly PlanGroup[]): readonly PlanGroup[] {
  const [first, ...others] = groups;
  if (!first) return [];
  return others.length === 0
    ? [first]
    : [{ ...first, instances: groups.map(({ instances }) => instances).join(',') }];
}

function changesOf(
  before: Wire<'TaskConfig'>,
  after: Wire<'TaskConfig'>,
  { source }: JobOfFile,
): readonly PlanChange[] {
  return configChanges(before, after).map((change) => ({
    field: change.name,
    ...('before' in change ? { before: change.before } : {}),
    ...('after' in change ? { after: change.after } : {}),
    at: placeOf(source, change),
  }));
}

const updateOf = (summary: Wire<'JobUpdateSummary'> | undefined): PlanUpdate | null =>
  summary
    ? {
        id: summary.key?.id ?? '',
        status: summary.state?.status ?? '',
        user: summary.user ?? '',
      }
    : null;

/** The plan as it will be read back from JSON: without undefined values and 64 bit integers. */
const plain = (plan: PlanForm): PlanForm =>
  JSON.parse(JSON.stringify(plan, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
