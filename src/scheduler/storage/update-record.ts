import {
  ACTIVE_JOB_UPDATE_STATES,
  encodeStruct,
  type JobInstanceUpdateEvent,
  type JobUpdate,
  type JobUpdateDetails,
  type JobUpdateEvent,
  type JobUpdateSummary,
  toNumber,
} from '../../api/index.ts';
import type { ByteWriter } from './bytes.ts';
import { OP } from './store-table.ts';
import type { UpdateDirection, UpdateProgress, UpdateRun } from './stores.ts';
import { type FailedTries, failedTries, failureOf } from './update-failures.ts';

/** An update with its events. The lists only grow, so adding an event costs the same however many came before. */
export interface UpdateRecord {
  update: JobUpdate;
  readonly updateEvents: JobUpdateEvent[];
  readonly instanceEvents: JobInstanceUpdateEvent[];
  readonly failures: FailedTries;
  progress: UpdateProgress | undefined;
  lastPulseMs: number | undefined;
}

/** How much of a record existed at some time. */
export interface UpdateMark {
  readonly record: UpdateRecord;
  readonly update: JobUpdate;
  readonly updateEvents: number;
  readonly instanceEvents: number;
  readonly failures: number;
  readonly progress: UpdateProgress | undefined;
  readonly lastPulseMs: number | undefined;
}

/** An update that has just been stored. */
export const newUpdateRecord = (update: JobUpdate): UpdateRecord => ({
  update,
  updateEvents: [],
  instanceEvents: [],
  failures: failedTries(),
  progress: undefined,
  lastPulseMs: undefined,
});

/** A mark for the record as it is now. */
export const updateMark = (record: UpdateRecord): UpdateMark => ({
  ...record,
  record,
  updateEvents: record.updateEvents.length,
  instanceEvents: record.instanceEvents.length,
  failures: record.failures.tries.length,
});

const latest = (events: readonly { readonly timestampMs: number | bigint }[]): number =>
  toNumber(events.at(-1)?.timestampMs ?? 0);

/** The summary with its state derived from the events; without events the state stays as it was saved. */
export function summaryOf({ update, updateEvents, instanceEvents }: JobUpdateDetails): JobUpdateSummary {
  const last = updateEvents.at(-1);
  if (!last) return update.summary;
  const state = {
    status: last.status,
    createdTimestampMs: updateEvents[0]!.timestampMs,
    lastModifiedTimestampMs: Math.max(latest(updateEvents), latest(instanceEvents)),
  };
  return { ...update.summary, state };
}

/** The update as it was at the mark. */
export function detailsAt({ record, update, updateEvents, instanceEvents }: UpdateMark): JobUpdateDetails {
  const then: JobUpdateDetails = {
    update,
    updateEvents: record.updateEvents.slice(0, updateEvents),
    instanceEvents: record.instanceEvents.slice(0, instanceEvents),
  };
  return { ...then, update: { ...update, summary: summaryOf(then) } };
}

/** What only we know about the update, as it was at the mark. */
export const runAt = ({ record, failures, progress, lastPulseMs }: UpdateMark): UpdateRun => ({
  progress,
  lastPulseMs,
  failures: record.failures.tries.slice(0, failures).map(failureOf),
});

/** Whether the update has not ended. */
export const isActiveRecord = (record: UpdateRecord): boolean => {
  const status = record.updateEvents.at(-1)?.status;
  return status !== undefined && ACTIVE_JOB_UPDATE_STATES.has(status);
};

/** In the order of their numbers in the log. */
export const UPDATE_DIRECTIONS: readonly UpdateDirection[] = ['forward', 'back'];

/** Writes the ops that lead from the mark `from` (undefined: no record) to the mark `end`. */
export function writeUpdate(
  out: ByteWriter,
  key: string,
  from: UpdateMark | undefined,
  end: UpdateMark,
): void {
  if (from?.update !== end.update) {
    out.u8(OP.saveUpdate);
    out.text(key);
    out.bytes(encodeStruct('JobUpdate', end.update));
  }
  for (let at = from?.updateEvents ?? 0; at < end.updateEvents; at++) {
    out.u8(OP.addUpdateEvent);
    out.text(key);
    out.bytes(encodeStruct('JobUpdateEvent', end.record.updateEvents[at]!));
  }
  for (let at = from?.instanceEvents ?? 0; at < end.instanceEvents; at++) {
    out.u8(OP.addInstanceEvent);
    out.text(key);
    out.bytes(encodeStruct('JobInstanceUpdateEvent', end.record.instanceEvents[at]!));
  }
  for (let at = from?.failures ?? 0; at < end.failures; at++) {
    out.u8(OP.addUpdateFailure);
    out.text(key);
    out.int(end.record.failures.tries[at]!);
  }
  if (end.progress && from?.progress !== end.progress) {
    const { direction, taken, batchStart, batchEnd } = end.progress;
    out.u8(OP.saveUpdateProgress);
    out.text(key);
    out.u8(UPDATE_DIRECTIONS.indexOf(direction));
    for (const number of [taken, batchStart, batchEnd]) out.int(number);
  }
  if (end.lastPulseMs !== undefined && from?.lastPulseMs !== end.lastPulseMs) {
    out.u8(OP.saveUpdatePulse);
    out.text(key);
    out.int(end.lastPulseMs);
  }
}
