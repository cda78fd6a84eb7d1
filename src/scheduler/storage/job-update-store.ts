import {
  decodeStruct,
  type JobUpdate,
  type JobUpdateEvent,
  type JobUpdateKey,
  normalise,
} from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import { jobKeyText, jobUpdateKeyText } from './keys.ts';
import { moments } from './moments.ts';
import { setsBy } from './sets-by.ts';
import { type Gate, OP, passGate, type Table } from './store-table.ts';
import type { UpdateFailure, WriteJobUpdates } from './stores.ts';
import { addFailure, failureOf, tryOf, undoFailures } from './update-failures.ts';
import {
  detailsAt,
  isActiveRecord,
  newUpdateRecord,
  runAt,
  summaryOf,
  UPDATE_DIRECTIONS,
  type UpdateMark,
  type UpdateRecord,
  updateMark,
  writeUpdate,
} from './update-record.ts';

/** Job updates by key; they can also be found by job. */
export function jobUpdateStore(gate: Gate): {
  readonly store: WriteJobUpdates;
  readonly table: Table<UpdateMark>;
} {
  const records = new Map<string, UpdateRecord>();
  const views = moments<UpdateMark>(
    () => records.keys(),
    (key) => {
      const record = records.get(key);
      return record ? [updateMark(record)] : [];
    },
  );
  const byJob = new Map<string, Set<string>>();
  let before = new Map<string, UpdateMark | undefined>();
  const activeByRole = setsBy<string, string>();
  const activeByJob = setsBy<string, string>();

  /** To be called after every change to the record of this key. */
  const index = (key: string) => {
    const record = records.get(key);
    const role = key.slice(0, key.indexOf('/'));
    const job = key.slice(0, key.lastIndexOf('/'));
    const isNow = record !== undefined && isActiveRecord(record);
    for (const [keys, by] of [
      [activeByRole, role],
      [activeByJob, job],
    ] as const)
      if (isNow) keys.add(by, key);
      else keys.remove(by, key);
  };
  const put = (key: string, record: UpdateRecord | undefined) => {
    const job = jobKeyText((record ?? records.get(key))!.update.summary.key.job);
    const keys = byJob.get(job) ?? new Set();
    if (record) {
      records.set(key, record);
      byJob.set(job, keys.add(key));
    } else {
      records.delete(key);
      keys.delete(key);
      if (keys.size === 0) byJob.delete(job);
    }
    index(key);
  };
  const touch = (key: string) => {
    passGate(gate);
    views.changing(key);
    const record = records.get(key);
    if (!before.has(key)) before.set(key, record && updateMark(record));
    return record;
  };
  const touchExisting = (key: string) => {
    const record = touch(key);
    if (!record) throw new AuroraError('BUG', `there is no job update ${key}`);
    return record;
  };
  const save = (key: string, update: JobUpdate) => {
    const record = touch(key);
    if (record) record.update = update;
    else put(key, newUpdateRecord(update));
  };
  const addEvent = (key: string, event: JobUpdateEvent) => {
    touchExisting(key).updateEvents.push(event);
    index(key);
  };
  const fail = (key: string, failure: UpdateFailure) =>
    addFailure(touchExisting(key).failures, tryOf(failure));
  const recordsOf = (job: Parameters<typeof jobKeyText>[0]) =>
    [...(byJob.get(jobKeyText(job)) ?? [])].map((key) => records.get(key)!);
  const recordOf = (key: JobUpdateKey) => records.get(jobUpdateKeyText(key));

  const store: WriteJobUpdates = {
    get(key) {
      const record = recordOf(key);
      return record && detailsAt(updateMark(record));
    },
    summary(key) {
      const record = recordOf(key);
      return record && summaryOf(record);
    },
    update: (key) => recordOf(key)?.update,
    progress: (key) => recordOf(key)?.progress,
    lastPulseMs: (key) => recordOf(key)?.lastPulseMs,
    failuresOf: (key, direction, instanceId) =>
      recordOf(key)?.failures.counts.get(tryOf({ direction, instanceId })) ?? 0,
    status: (key) => recordOf(key)?.updateEvents.at(-1)?.status,
    activeOf(job) {
      for (const key of activeByJob.of(jobKeyText(job))) return records.get(key)!.update.summary.key;
      return undefined;
    },
    active: () => [...activeByRole.members()].map((key) => records.get(key)!.update.summary.key),
    activeOfRole: (role) => [...activeByRole.of(role)].map((key) => records.get(key)!.update),
    ofJob: (job) => recordsOf(job).map(summaryOf),
    summaries: function* () {
      for (const record of records.values()) yield summaryOf(record);
    },
    get size() {
      return records.size;
    },
    view: () =>
      [...records.values()].map((record) => {
        const mark = updateMark(record);
        return () => ({ details: detailsAt(mark), run: runAt(mark) });
      }),
    save: (update) => save(jobUpdateKeyText(update.summary.key), update),
    addEvent: (key, event) => addEvent(jobUpdateKeyText(key), event),
    addInstanceEvent: (key, event) => void touchExisting(jobUpdateKeyText(key)).instanceEvents.push(event),
    saveProgress(key, progress) {
      touchExisting(jobUpdateKeyText(key)).progress = progress;
    },
    savePulse(key, pulseMs) {
      touchExisting(jobUpdateKeyText(key)).lastPulseMs = pulseMs;
    },
    addFailure: (key, direction, instanceId) => fail(jobUpdateKeyText(key), { direction, instanceId }),
    delete(key) {
      const text = jobUpdateKeyText(key);
      if (!records.has(text)) return false;
      touch(text);
      put(text, undefined);
      return true;
    },
  };

  const table: Table<UpdateMark> = {
    encodeChanges(out) {
      for (const [key, old] of before) {
        const record = records.get(key);
        const replaced = old && record !== old.record;
        if (replaced) {
          out.u8(OP.deleteUpdate);
          out.text(key);
        }
        if (record) writeUpdate(out, key, replaced ? undefined : old, updateMark(record));
      }
    },
    keepChanges() {
      if (before.size > 0) before = new Map();
    },
    undoChanges() {
      for (const [key, old] of before) {
        if (old) {
          old.record.update = old.update;
          old.record.updateEvents.length = old.updateEvents;
          old.record.instanceEvents.length = old.instanceEvents;
          undoFailures(old.record.failures, old.failures);
          old.record.progress = old.progress;
          old.record.lastPulseMs = old.lastPulseMs;
          put(key, old.record);
        } else if (records.has(key)) put(key, undefined);
      }
      before = new Map();
    },
    view: () => ({
      ...views.take(),
      write: (out, mark) => writeUpdate(out, jobUpdateKeyText(mark.update.summary.key), undefined, mark),
    }),
    replay: {
      [OP.saveUpdate]: (op) => save(op.text(), normalise('JobUpdate', decodeStruct('JobUpdate', op.bytes()))),
      [OP.deleteUpdate](op) {
        const key = op.text();
        if (touch(key)) put(key, undefined);
      },
      [OP.addUpdateEvent](op) {
        const key = op.text();
        addEvent(key, normalise('JobUpdateEvent', decodeStruct('JobUpdateEvent', op.bytes())));
      },
      [OP.addInstanceEvent](op) {
        const record = touchExisting(op.text());
        const event = decodeStruct('JobInstanceUpdateEvent', op.bytes());
        record.instanceEvents.push(normalise('JobInstanceUpdateEvent', event));
      },
      [OP.addUpdateFailure](op) {
        const key = op.text();
        fail(key, failureOf(op.int()));
      },
      [OP.saveUpdateProgress](op) {
        const record = touchExisting(op.text());
        const direction = UPDATE_DIRECTIONS[op.u8()];
        if (!direction) throw new RangeError('an update has an unknown direction');
        record.progress = { direction, taken: op.int(), batchStart: op.int(), batchEnd: op.int() };
      },
      [OP.saveUpdatePulse](op) {
        const record = touchExisting(op.text());
        record.lastPulseMs = op.int();
      },
    },
  };
  return { store, table };
}
