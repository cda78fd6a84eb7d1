import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { openLocalLog, openStorage, type Storage } from '../../src/scheduler/storage/index.ts';

/** Opens the state in a scheduler's data directory, to be filled before the scheduler starts; takes no snapshot by size. */
export const openDataDirectory = async (directory: string): Promise<Storage> =>
  openStorage({
    log: await openLocalLog({ directory, clock: systemClock, logger: silentLogger }),
    clock: systemClock,
    logger: silentLogger,
    onFatal: (error) => {
      throw error;
    },
    snapshots: { logBytes: Number.POSITIVE_INFINITY },
  });
