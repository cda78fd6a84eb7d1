import { AuroraError } from '../../../../base/errors.ts';

/** A snapshot and the entries after it, as the manifest describes them. */
export interface ManifestGeneration {
  /** Undefined for the generation that begins with an empty log. */
  readonly snapshot: SnapshotPlace | undefined;
  /** Wall-clock time when the snapshot was requested. */
  readonly startMs: number;
  /** The first entry that the snapshot does not cover. */
  readonly firstEntry: number;
  /** The snapshot is a different state from what came before: followers start over from it. */
  readonly replaces?: true;
}

export interface SnapshotPlace {
  readonly id: string;
  readonly entries: number;
}

/** Which parts of the log are valid. */
export interface Manifest {
  /** Every entry before this one has been removed. */
  readonly oldestEntry: number;
  /** Oldest first; the last one is still growing. */
  readonly generations: readonly [ManifestGeneration, ...ManifestGeneration[]];
}

const FORMAT = 1;

export const EMPTY_MANIFEST: Manifest = {
  oldestEntry: 1,
  generations: [{ snapshot: undefined, startMs: Number.NEGATIVE_INFINITY, firstEntry: 1 }],
};

/** JSON, so that people can read it; a generation without `startMs` is the one from the beginning. */
export function encodeManifest({ oldestEntry, generations }: Manifest): Buffer {
  const shown = generations.map(({ startMs, ...rest }) =>
    startMs === Number.NEGATIVE_INFINITY ? rest : { startMs, ...rest },
  );
  return Buffer.from(JSON.stringify({ format: FORMAT, oldestEntry, generations: shown }));
}

type Read = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Read =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isPlace = (value: unknown): value is SnapshotPlace =>
  isObject(value) && typeof value.id === 'string' && isCount(value.entries);

/** Undefined for anything that is not a generation: reading the log from a wrong place would lose acknowledged records. */
function generationOf(read: unknown): ManifestGeneration | undefined {
  if (!isObject(read)) return undefined;
  const { snapshot, startMs = Number.NEGATIVE_INFINITY, firstEntry = 1, replaces } = read;
  if (snapshot !== undefined && !isPlace(snapshot)) return undefined;
  if (typeof startMs !== 'number' || !isCount(firstEntry)) return undefined;
  return { snapshot, startMs, firstEntry, ...(replaces ? { replaces: true } : {}) };
}

/** @throws AuroraError STORAGE when it was written by a later version, or is not a manifest. */
export function decodeManifest(bytes: Buffer, path: string): Manifest {
  const refuse = (reason: string): never => {
    throw new AuroraError('STORAGE', `the log cannot be read: ${reason}`, { where: path });
  };
  let read: unknown;
  try {
    read = JSON.parse(bytes.toString());
  } catch {
    return refuse('its manifest is not JSON');
  }
  if (!isObject(read)) return refuse('its manifest is not an object');
  const { format, generations, oldestEntry } = read;
  if (format !== FORMAT)
    return refuse(`its format is ${format}, this version reads ${FORMAT}; start a later version`);
  if (!isCount(oldestEntry)) return refuse('its manifest does not say which entry is the oldest');
  if (!Array.isArray(generations)) return refuse('its manifest has no list of generations');
  const found = generations.map(
    (one, at) => generationOf(one) ?? refuse(`generation ${at} of its manifest is damaged`),
  );
  const [first, ...rest] = found;
  if (!first) return refuse('its manifest has no generation');
  return { oldestEntry, generations: [first, ...rest] };
}

/** The generation from which the current state is read. */
export const newest = ({ generations }: Manifest): ManifestGeneration =>
  generations.at(-1) as ManifestGeneration;
