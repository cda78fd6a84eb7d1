import type { ByteWriter } from './bytes.ts';
import { moments } from './moments.ts';
import { type Gate, passGate, type Table } from './store-table.ts';

export interface KeyedTableOptions<V> {
  readonly gate: Gate;
  readonly saveOp: number;
  readonly deleteOp: number;
  readonly encode: (value: V) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => V;
  /** Called for every change, including undone and replayed ones; keeps an index over the values up to date. */
  readonly changed?: (before: V | undefined, after: V | undefined) => void;
}

export interface KeyedTable<V> extends Table<readonly [key: string, value: V]> {
  readonly values: ReadonlyMap<string, V>;
  save(key: string, value: V): void;
  /** False when there is no value for the key. */
  delete(key: string): boolean;
}

/** A table of values by a text key; a change writes the whole value, so it is for small or rarely changed values. */
export function keyedTable<V>(options: KeyedTableOptions<V>): KeyedTable<V> {
  const { gate, saveOp, deleteOp } = options;
  const values = new Map<string, V>();
  let before = new Map<string, V | undefined>();
  const views = moments<readonly [string, V]>(
    () => values.keys(),
    (key) => {
      const value = values.get(key);
      return value === undefined ? [] : [[key, value]];
    },
  );

  const put = (key: string, value: V | undefined) => {
    views.changing(key);
    options.changed?.(values.get(key), value);
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  };
  const change = (key: string, value: V | undefined) => {
    passGate(gate);
    if (!before.has(key)) before.set(key, values.get(key));
    put(key, value);
  };
  const encodeSave = (out: ByteWriter, key: string, value: V) => {
    out.u8(saveOp);
    out.text(key);
    out.bytes(options.encode(value));
  };

  return {
    values,
    save: change,
    delete(key) {
      const had = values.has(key);
      if (had) change(key, undefined);
      return had;
    },
    encodeChanges(out) {
      for (const [key, old] of before) {
        const value = values.get(key);
        if (value !== undefined) encodeSave(out, key, value);
        else if (old !== undefined) {
          out.u8(deleteOp);
          out.text(key);
        }
      }
    },
    keepChanges() {
      if (before.size > 0) before = new Map();
    },
    undoChanges() {
      for (const [key, old] of before) put(key, old);
      before = new Map();
    },
    view: () => ({ ...views.take(), write: (out, [key, value]) => encodeSave(out, key, value) }),
    replay: {
      [saveOp]: (op) => change(op.text(), options.decode(op.bytes())),
      [deleteOp]: (op) => change(op.text(), undefined),
    },
  };
}
