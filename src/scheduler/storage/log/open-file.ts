import { damaged } from './damage.ts';
import type { Disk, DiskFile } from './disk.ts';
import { decodeHeader, type FileHeader, type FileKind, HEADER_BYTES } from './frames.ts';

export interface OpenFile {
  readonly file: DiskFile;
  readonly header: FileHeader;
  /** The header's bytes; the checksums of the records are seeded with them. */
  readonly bytes: Buffer;
}

const NOUN: Readonly<Record<FileKind, string>> = {
  AURORLOG: 'segment',
  AURORSNP: 'snapshot',
  AURORMRK: 'mark',
};

/** Opens a file of the log and checks its header. @throws AuroraError STORAGE when the header is not valid. */
export async function openForReading(
  disk: Disk,
  path: string,
  kind: FileKind,
  number: number,
  mode: 'read' | 'write' = 'read',
): Promise<OpenFile> {
  const file = await disk.open(path, mode);
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    for (let filled = 0; filled < HEADER_BYTES; ) {
      const count = await file.read(bytes.subarray(filled), filled);
      if (count === 0) break;
      filled += count;
    }
    const header = decodeHeader(bytes, kind, number);
    if (typeof header === 'string') throw damaged(path, 0, `the ${NOUN[kind]} ${header}`);
    return { file, header, bytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}
