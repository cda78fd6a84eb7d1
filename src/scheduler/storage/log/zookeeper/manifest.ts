import { AuroraError } from '../../../../base/errors.ts';

/** A snapshot with what follows it, as the manifest has it. */
export interface ManifestGeneration {
  /** Undefined for the generation that begins with an empty log. */
  readonly snapshot: SnapshotPlace | undefined;
  /** Wall clock when the snapshot was asked for. */
  readonly startMs: number;
  /** The first entry that the snapshot does not stand for. */
  readonly firstEntry: number;
  /** The snapshot is another state than what came before: who has followed that begins anew. */
  readonly replaces?: true;
}

export interface SnapshotPlace {
  readonly id: string;
  readonly entries: number;
}

/** Which parts of the log count. */
export interface Manifest {
  /** Every entry before this one has been removed. */
  readonly oldestEntry: number;
  /** Oldest first; the last one is the present. */
  readonly generations: readonly [ManifestGeneration, ...ManifestGeneration[]];
}

const FORMAT = 1;

export const EMPTY_MANIFEST: Manifest = {
  oldestEntry: 1,
  generations: [{ snapshot: undefined, startMs: Number.NEGATIVE_INFINITY, firstEntry: 1 }],
};

/** JSON, for people who look: a generation without `startMs` has been there from the beginning. */
export function encodeManifest({ oldestEntry, generations }: Manifest): Buffer {
  const shown = generations.map(({ startMs, ...rest }) =>
    startMs === Number.NEGATIVE_INFINITY ? rest : { startMs, ...rest },
  );
  return Buffer.from(JSON.stringify({ format: FORMAT, oldestEntry, generations: shown }));
}

/** @throws AuroraError STORAGE when it is from a later version, or not a manifest. */
export function decodeManifest(bytes: Buffer, path: string): Manifest {
  const refuse = (reason: string): never => {
    throw new AuroraError('STORAGE', `the log cannot be read: ${reason}`, { where: path });
  };
  let read: { format?: number; oldestEntry: number; generations: Partial<ManifestGeneration>[] };
  try {
    read = JSON.parse(bytes.toString());
  } catch {
    return refuse('its manifest is not JSON');
  }
  if (read?.format !== FORMAT)
    return refuse(`its format is ${read?.format}, this version reads ${FORMAT}; start a later version`);
  const generations = read.generations.map(
    ({ snapshot, startMs = Number.NEGATIVE_INFINITY, firstEntry = 1, replaces }): ManifestGeneration => ({
      snapshot,
      startMs,
      firstEntry,
      ...(replaces ? { replaces } : {}),
    }),
  );
  const [first, ...rest] = generations;
  if (!first) return refuse('its manifest has no generation');
  return { oldestEntry: read.oldestEntry, generations: [first, ...rest] };
}

/** The generation that the present state is read from. */
export const newest = ({ generations }: Manifest): ManifestGeneration =>
  generations.at(-1) as ManifestGeneration;
