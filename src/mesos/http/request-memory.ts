import type { Post } from './target.ts';

/** Memory for the requests of one lane. */
export interface RequestBlock {
  readonly bytes: Buffer;
  used: number;
  /** Requests that lie in it and may be sent again, and writes that read it. */
  users: number;
}

/** Where the bytes of a request lie, head and body together. */
export interface StoredRequest {
  readonly block: RequestBlock;
  readonly start: number;
  readonly end: number;
}

/**
 * Keeps the bytes of requests until they are answered, and uses the same memory again then. Memory of its own for each would
 * outlive V8's young generation while a master is slow, and lie outside of its heap, where only a collection of all garbage
 * frees it: V8 begins one for every 64 MiB of such memory, and with a million tasks each takes seconds.
 */
export interface RequestMemory {
  /** Copies a request; what is returned uses its block. */
  store(head: string, body: Post['body'], bodyBytes: number): StoredRequest;
  /** One more user of the block. */
  hold(block: RequestBlock): void;
  release(block: RequestBlock): void;
  /** Gives back what nobody uses; to be called when nothing was sent for a while. */
  rest(): void;
}

const BLOCK_BYTES = 64 * 1024;
/** No more is kept for later: 64 MiB. */
const MOST_SPARE = 1_024;
/** So many are taken one by one, which is enough for all but a scheduler with many thousands of tasks. */
const SINGLE_BLOCKS = 16;
/**
 * The others are taken together, as more than the 32 MiB up to which the C library may keep freed memory for itself: small
 * ones between others would never go back to the machine.
 */
const BLOCKS_TOGETHER = 544;
/** Blocks that nobody needed while so many requests were answered are given back; a burst launches ten thousand tasks. */
const RELEASES_OF_A_LOOK = 65_536;

/** Text of as many bytes as characters is ASCII, which is written several times faster as Latin-1. */
const encodingOf = (body: string, bodyBytes: number) => (bodyBytes === body.length ? 'latin1' : 'utf8');

export function requestMemory(): RequestMemory {
  let current: RequestBlock | undefined;
  const spare: RequestBlock[] = [];
  /** The fewest spare blocks since the last look. */
  let unneeded = 0;
  let released = 0;

  let singles = 0;
  /** Memory of blocks that were taken together, and how many of them are given out. */
  let together: { readonly bytes: Buffer; given: number } | undefined;
  const newMemory = (): Buffer => {
    if (singles++ < SINGLE_BLOCKS) return Buffer.allocUnsafeSlow(BLOCK_BYTES);
    if (!together || together.given === BLOCKS_TOGETHER)
      together = { bytes: Buffer.allocUnsafeSlow(BLOCKS_TOGETHER * BLOCK_BYTES), given: 0 };
    const start = BLOCK_BYTES * together.given++;
    return together.bytes.subarray(start, start + BLOCK_BYTES);
  };
  const blockOf = (bytes: Buffer): RequestBlock => ({ bytes, used: 0, users: 0 });
  const blockWith = (bytes: number): RequestBlock => {
    if (bytes > BLOCK_BYTES) return blockOf(Buffer.allocUnsafeSlow(bytes));
    if (!current || current.used + bytes > BLOCK_BYTES) {
      // An earlier block comes back when its last user releases it.
      current = spare.pop() ?? blockOf(newMemory());
      unneeded = Math.min(unneeded, spare.length);
    }
    return current;
  };
  const giveBack = () => {
    spare.length -= unneeded;
    unneeded = spare.length;
  };
  const release = (block: RequestBlock) => {
    block.users--;
    if (++released % RELEASES_OF_A_LOOK === 0) giveBack();
    if (block.users > 0) return;
    block.used = 0;
    const isPooled = block.bytes.length === BLOCK_BYTES;
    if (block !== current && isPooled && spare.length < MOST_SPARE) spare.push(block);
  };
  return {
    store(head, body, bodyBytes) {
      const block = blockWith(head.length + bodyBytes);
      const { bytes, used: start } = block;
      let end = start + bytes.write(head, start, 'latin1');
      if (typeof body === 'string') bytes.write(body, end, encodingOf(body, bodyBytes));
      else bytes.set(body, end);
      end += bodyBytes;
      block.used = end;
      block.users++;
      return { block, start, end };
    },
    hold(block) {
      block.users++;
    },
    release,
    rest() {
      spare.length = 0;
      unneeded = 0;
      if (current?.users === 0) current = undefined;
      together = undefined;
      singles = 0;
    },
  };
}
