import { AuroraError } from '../../../../base/errors.ts';
import { type Change, failureOf } from '../../../../zookeeper/index.ts';
import { type Fence, lostFence } from './fence.ts';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts';
import { answered, type LogPlace, manifestPath } from './place.ts';

/** The manifest as the leader keeps it; only the leader changes it. */
export interface ManifestKeeper {
  present(): Manifest;
  /**
   * Writes the manifest together with the other changes, all or none.
   * @throws AuroraError STORAGE when the leader has lost its fence.
   */
  replace(next: Manifest, along?: readonly Change[]): Promise<void>;
}

interface Found {
  readonly manifest: Manifest;
  readonly version: number;
  readonly data: Buffer;
}

/** @throws AuroraError STORAGE when there is no manifest, or it cannot be read. */
export async function readManifest(place: LogPlace, onChange?: () => void): Promise<Found> {
  const path = manifestPath(place);
  const found = await answered(place, 'reading', () => place.session.read(path, onChange));
  if (!found) throw new AuroraError('STORAGE', 'the log is gone', { where: path });
  return { manifest: decodeManifest(found.data, path), version: found.version, data: found.data };
}

export async function keepManifest(place: LogPlace, fence: Fence): Promise<ManifestKeeper> {
  const path = manifestPath(place);
  let found = await readManifest(place);

  const write = async (next: Manifest, along: readonly Change[]) => {
    const data = encodeManifest(next);
    const { version } = found;
    await answered(place, 'writing', async () => {
      const failure = fence.failure();
      if (failure) throw failure;
      try {
        await place.session.multi([fence.check, ...along, { write: path, data, version }]);
      } catch (error) {
        if (failureOf(error) === 'CONNECTION_LOSS') throw error;
        // This may be a repetition: the first request may have been carried out.
        const now = await readManifest(place);
        if (now.version !== version + 1 || !now.data.equals(data)) throw error;
      }
    });
    found = { manifest: next, version: version + 1, data };
  };
  return {
    present: () => found.manifest,
    async replace(next, along = []) {
      try {
        await write(next, along);
      } catch (error) {
        const failure = lostFence(place, fence, error);
        fence.fail(failure);
        throw failure;
      }
    },
  };
}
