import { AuroraError } from '../base/errors.ts';
import { refused } from './call-refusal.ts';
import { type CallLane, type CallLaneOptions, callLane, type LaneOutcome } from './http/call-lane.ts';

/** Called with the error of a call that was not accepted. */
export type Settled = (error: AuroraError | undefined) => void;

/** A lane, and the judge of its calls' answers. */
export interface JudgingLane extends CallLane {
  judge(type: string, settled: Settled): (outcome: LaneOutcome) => void;
}

export function judgingLane(where: string, options: CallLaneOptions): JudgingLane {
  const errorIn = (type: string, outcome: LaneOutcome): AuroraError | undefined => {
    if (outcome instanceof AuroraError) return outcome;
    return outcome.status === 200 || outcome.status === 202 ? undefined : refused(type, outcome, where);
  };
  /** The latest: acknowledgements share one, instead of each keeping its own until it is answered. */
  let latest: { type: string; settled: Settled; judge: (outcome: LaneOutcome) => void } | undefined;
  return {
    ...callLane(options),
    judge(type, settled) {
      if (latest?.type !== type || latest.settled !== settled)
        latest = { type, settled, judge: (outcome) => settled(errorIn(type, outcome)) };
      return latest.judge;
    },
  };
}
