import type { Wire } from '../api/index.ts';
import { placeOf } from './change-place.ts';
import { configChanges } from './config-diff.ts';
import type { JobOfFile } from './job-config.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { joinedRanges, rangesOf, rangesWords } from './ranges.ts';
import type { Judgement } from './update-plan.ts';

type Group = Wire<'ConfigGroup'>;
type Range = Wire<'Range'>;

/** How a file was read for a plan. */
export interface PlanSource {
  /** Absolute path. */
  readonly file: string;
  readonly binds: Readonly<Record<string, string>>;
  readonly json: boolean;
}

/** A plan as `--json` prints it and `--out` writes it. Instances are texts like `0-2,5`, times milliseconds. */
export interface PlanForm {
  readonly type: 'aurora-update-plan';
  readonly version: 1;
  /** `cluster/role/environment/name`. */
  readonly job: string;
  /** The instances that the update is limited to; null for all. */
  readonly instances: string | null;
  readonly madeAt: string;
  readonly source: PlanSource;
  /** Binds the scheduler to this plan; null for a scheduler that makes none. */
  readonly digest: string | null;
  readonly groups: readonly PlanGroup[];
  readonly batches: readonly PlanBatch[];
  readonly settings: unknown;
  readonly forecast: unknown;
  readonly leastMs: number;
  readonly activeUpdate: PlanUpdate | null;
  readonly lastUpdate: PlanUpdate | null;
  readonly refusals: readonly string[];
  /** What `update start --plan` sends. */
  readonly request: Wire<'JobUpdateRequest'>;
}

interface PlanGroup {
  readonly action: 'add' | 'update' | 'remove' | 'keep';
  readonly instances: string;
  /** Of instances that are updated. */
  readonly changes?: readonly PlanChange[];
}

/** A field that changes; without `before` or `after` it is not set on that side. */
interface PlanChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Where the file says so; line and column from 1. */
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

/** A judgement of the scheduler with what the file has to say about it. */
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

/** Whatever configurations instances have that all meet the same fate, it is one line. */
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

/** As it will be read back: no undefined, no 64 bit integers. */
const plain = (plan: PlanForm): PlanForm =>
  JSON.parse(JSON.stringify(plan, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
