import type { UpdateReply } from '../../api/views/updates.ts';

/** What is happening to an instance. */
export type LaneState = 'updating' | 'updated' | 'failed' | 'rolling back' | 'rolled back';

export interface LaneSegment {
  readonly state: LaneState;
  readonly fromMs: number;
  /** Undefined while the state lasts. */
  readonly toMs?: number;
  readonly message?: string;
}

/** An instance of an update, with what happened to it; without segments until its turn has come. */
export interface Lane {
  readonly instance: number;
  readonly segments: readonly LaneSegment[];
}

const STATES: Readonly<Record<string, LaneState>> = {
  INSTANCE_UPDATING: 'updating',
  INSTANCE_UPDATED: 'updated',
  INSTANCE_UPDATE_FAILED: 'failed',
  INSTANCE_ROLLING_BACK: 'rolling back',
  INSTANCE_ROLLED_BACK: 'rolled back',
  INSTANCE_ROLLBACK_FAILED: 'failed',
};

/** The course of every instance that the update affects. */
export function lanesOf({
  instanceEvents,
  instances,
}: Pick<UpdateReply, 'instanceEvents' | 'instances'>): readonly Lane[] {
  const { action, actions, atMs, instance, message, messages } = instanceEvents;
  const lanes = new Map<number, LaneSegment[]>(instances.map((id) => [id, []]));
  for (const [at, id] of instance.entries()) {
    const state = STATES[actions[action[at] as number] ?? ''];
    if (!state) continue;
    const segments = lanes.get(id) ?? [];
    lanes.set(id, segments);
    const last = segments.at(-1);
    // A repeated state, for example while waiting for SLA promises, continues the segment.
    if (last?.state === state) continue;
    if (last) segments[segments.length - 1] = { ...last, toMs: atMs[at] as number };
    const text = messages[message[at] as number];
    segments.push({ state, fromMs: atMs[at] as number, ...(text ? { message: text } : {}) });
  }
  return [...lanes].map(([id, segments]) => ({ instance: id, segments }));
}

/** How long the instance has been worked on: updating and rolling back. */
export function workedMs({ segments }: Lane, nowMs: number): number {
  return segments
    .filter(({ state }) => state === 'updating' || state === 'rolling back')
    .reduce((sum, { fromMs, toMs = nowMs }) => sum + Math.max(0, toMs - fromMs), 0);
}

const rank = (lane: Lane): number => {
  const state = lane.segments.at(-1)?.state;
  return state === 'failed' ? 0 : state === 'updating' || state === 'rolling back' ? 1 : state ? 2 : 3;
};

/** At most `most` lanes in order of instance: failed ones are preferred, then those under way, then the slowest. */
export function foldedLanes(lanes: readonly Lane[], most: number, nowMs: number): readonly Lane[] {
  if (lanes.length <= most) return lanes;
  return [...lanes]
    .sort((a, b) => rank(a) - rank(b) || workedMs(b, nowMs) - workedMs(a, nowMs))
    .slice(0, most)
    .sort((a, b) => a.instance - b.instance);
}
