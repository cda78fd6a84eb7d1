import { type ByteWriter, byteWriter } from './bytes.ts';
import type { Table, TableView } from './store-table.ts';

/** The whole state as it was at one moment, which can be read in slices while changes go on. */
export interface StateView {
  /**
   * Ops that recreate the state in empty tables, in pieces of about this size, each encoded when asked for. Can be read
   * once.
   */
  ops(pieceBytes?: number): Iterable<Uint8Array>;
  /** To be called when no more is needed: until then, changes cost memory. Can be called again. */
  close(): void;
}

/** Encoding a piece takes about a millisecond, applying it two or three; larger pieces hardly compress better. */
const PIECE_BYTES = 64 * 1024;

function* opsOf<V>(view: TableView<V>, out: ByteWriter, pieceBytes: number): Iterable<Uint8Array> {
  for (const value of view.values) {
    view.write(out, value);
    if (out.size() >= pieceBytes) yield out.take();
  }
}

/** Takes the view of all these tables at this moment. */
export function stateView(tables: readonly Table<never>[]): StateView {
  const views = tables.map((table) => table.view());
  return {
    *ops(pieceBytes = PIECE_BYTES) {
      const out = byteWriter();
      for (const view of views) yield* opsOf(view, out, pieceBytes);
      if (out.size() > 0) yield out.take();
    },
    close() {
      for (const view of views) view.close();
    },
  };
}
