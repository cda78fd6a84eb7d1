import type { ReadPart } from '../../src/sandbox/log-file.ts';

/** Files as an observer, or an agent, would give them; what is done to them happens between two reads. */
export interface RotatingFiles {
  append(bytes: Buffer): void;
  /** Renames: the file becomes `.1`, that `.2` and so on. */
  rotate(): void;
  /** Copies the file to `.1` and empties it in its place. */
  copyAndEmpty(): void;
  remove(): void;
  readonly read: ReadPart;
}

interface StoredFile {
  readonly number: number;
  bytes: Buffer;
}

export function rotatingFiles(
  path: string,
  {
    withGenerations = true,
    beforeRead = () => {},
  }: { withGenerations?: boolean; beforeRead?: () => void } = {},
): RotatingFiles {
  let made = 0;
  const files = new Map<string, StoredFile>();
  const current = (): StoredFile => {
    const file = files.get(path) ?? { number: made++, bytes: Buffer.alloc(0) };
    files.set(path, file);
    return file;
  };
  const shift = () => {
    let last = 0;
    while (files.has(`${path}.${last + 1}`)) last++;
    for (let at = last; at >= 1; at--)
      files.set(`${path}.${at + 1}`, files.get(`${path}.${at}`) as StoredFile);
  };
  return {
    append(bytes) {
      const file = current();
      file.bytes = Buffer.concat([file.bytes, bytes]);
    },
    rotate() {
      shift();
      files.set(`${path}.1`, current());
      files.delete(path);
      current();
    },
    copyAndEmpty() {
      shift();
      const file = current();
      files.set(`${path}.1`, { number: made++, bytes: file.bytes });
      file.bytes = Buffer.alloc(0);
    },
    remove: () => void files.delete(path),
    async read(name, wanted) {
      beforeRead();
      const file = files.get(name);
      if (!file) return undefined;
      const { bytes, number } = file;
      const offset = 'last' in wanted ? Math.max(0, bytes.length - wanted.last) : wanted.offset;
      const end = 'last' in wanted ? bytes.length : offset + wanted.length;
      return {
        offset,
        bytes: Buffer.from(bytes.subarray(offset, end)),
        size: bytes.length,
        ...(withGenerations ? { generation: `${number}` } : {}),
      };
    },
  };
}
