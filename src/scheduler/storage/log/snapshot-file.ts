import { dirname } from 'node:path';
import { damaged } from './damage.ts';
import { UNFINISHED_SUFFIX } from './data-directory.ts';
import type { Disk } from './disk.ts';
import { encodeHeader, framed, frameReader, HEADER_BYTES } from './frames.ts';
import type { OpenFile } from './open-file.ts';

/** The empty record that ends a complete snapshot. */
const END = new Uint8Array(0);

/**
 * Writes a snapshot so that it appears under its name only when all of it is durable.
 * @param naming called just before the file gets its name: after a later failure the snapshot may or may not exist.
 */
export async function writeSnapshotFile(
  disk: Disk,
  path: string,
  about: { readonly number: number; readonly term: number; readonly startMs: number },
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  naming: () => void = () => {},
): Promise<void> {
  const header = encodeHeader({ kind: 'AURORSNP', previousEnd: 0, ...about });
  const unfinished = `${path}${UNFINISHED_SUFFIX}`;
  const file = await disk.open(unfinished, 'create');
  try {
    await file.write(header, 0);
    let end = HEADER_BYTES;
    const add = async (chunk: Uint8Array) => {
      const bytes = framed(header, [chunk]);
      await file.write(bytes, end);
      end += bytes.length;
    };
    for await (const chunk of chunks) if (chunk.length > 0) await add(chunk);
    await add(END);
    await file.datasync();
    await file.close();
    naming();
    await disk.rename(unfinished, path);
    await disk.syncDirectory(dirname(path));
  } catch (error) {
    await file.close().catch(() => undefined);
    await disk.remove(unfinished).catch(() => undefined);
    throw error;
  }
}

/** The chunks of an opened snapshot. @throws AuroraError STORAGE when it is damaged. */
export async function* snapshotChunks(path: string, { file, bytes }: OpenFile): AsyncIterable<Uint8Array> {
  const reader = frameReader(file, bytes);
  for (;;) {
    const chunk = await reader.next();
    const stopped = reader.fault();
    if (stopped) throw damaged(path, stopped.offset, stopped.reason);
    if (!chunk) throw damaged(path, reader.position(), 'the snapshot has no end');
    if (chunk.length === 0) return;
    yield chunk;
  }
}
