import { uncounted } from '../uncounted-memory.ts';

/** A part of a record as bytes. */
interface FilledBlock {
  readonly memory: Buffer;
  readonly length: number;
}

/**
 * Memory for records of megabytes, such as the offers of thousands of agents. As one text, or as bytes of its own, each would
 * be freed by a collection of all garbage alone, and a busy master makes one every second.
 */
export interface RecordBlocks {
  fill(pieces: Iterable<string | Buffer>): {
    readonly blocks: readonly FilledBlock[];
    readonly bytes: number;
  };
  /** Takes the memory of a block back. */
  release(memory: Buffer): void;
}

const BLOCK_BYTES = 2 ** 20;
/** So many are kept and used again: the offers of five thousand full agents take about this much. More are left to V8. */
const MOST_KEPT = 96;
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const MOST_BYTES = 3;

export function recordBlocks(): RecordBlocks {
  const kept = new Set<Buffer>();
  const spare: Buffer[] = [];
  const blockFor = (bytes: number): Buffer => {
    if (bytes > BLOCK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const known = spare.pop();
    if (known) return known;
    if (kept.size >= MOST_KEPT) return Buffer.allocUnsafeSlow(BLOCK_BYTES);
    const made = uncounted(BLOCK_BYTES);
    kept.add(made);
    return made;
  };
  return {
    fill(pieces) {
      const blocks: FilledBlock[] = [];
      let bytes = 0;
      let memory = blockFor(0);
      let length = 0;
      const finish = () => {
        blocks.push({ memory, length });
        bytes += length;
      };
      for (const piece of pieces) {
        const room = typeof piece === 'string' ? MOST_BYTES * piece.length : piece.length;
        if (length + room > memory.length) {
          finish();
          memory = blockFor(room);
          length = 0;
        }
        length +=
          typeof piece === 'string' ? memory.write(piece, length, 'utf8') : piece.copy(memory, length);
      }
      finish();
      return { blocks, bytes };
    },
    release(memory) {
      if (kept.has(memory)) spare.push(memory);
    },
  };
}
