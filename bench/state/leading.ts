/**
 * The parts of a leading scheduler that keep promises about tasks, wired as in the scheduler, with a log that discards
 * everything and a Mesos that ignores everything.
 */
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { counters } from '../../src/scheduler/metrics/counters.ts';
import { stateEvents, stateManager } from '../../src/scheduler/state/index.ts';
import { openStorage } from '../../src/scheduler/storage/index.ts';
import { noLog } from './placing.ts';

/** The storage, events and state manager of a leading scheduler. */
export async function benchLeading(clock: Clock = systemClock) {
  const counted = counters(clock);
  const storage = await openStorage({ log: noLog, clock, logger: silentLogger, onFatal: () => {} });
  const events = stateEvents(silentLogger, counted);
  const state = stateManager({
    clock,
    random: seededRandom(1),
    counters: counted,
    events,
    kill: () => {},
    schedulerHost: 'here',
    flapping: { flappingTaskThresholdMs: 0, initialFlappingTaskDelayMs: 1, maxFlappingTaskDelayMs: 1 },
  });
  return { clock, log: silentLogger, counters: counted, storage, events, state };
}
