import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { type MasterDetector, parseMasterAddress, staticDetector } from '../../mesos/index.ts';

/** What a detector that keeps a session needs. */
export interface DetectorWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Finds the leading master behind the address of -mesos_master_address.
 * @throws AuroraError BAD_PARAMETER for something that is neither host:port nor zk://...
 */
export function masterDetector(address: string, _world: DetectorWorld): MasterDetector {
  if (address.startsWith('zk://'))
    throw new AuroraError('BAD_PARAMETER', 'masters in ZooKeeper are not supported', { where: address });
  return staticDetector(parseMasterAddress(address));
}
