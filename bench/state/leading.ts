/** What keeps promises about tasks, as the scheduler wires it, over a log that keeps nothing and a Mesos that hears nothing. */
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { counters } from '../../src/scheduler/metrics/counters.ts';
import { stateEvents, stateManager } from '../../src/scheduler/state/index.ts';
import { openStorage } from '../../src/scheduler/storage/index.ts';
import { noLog } from './placing.ts';

/** Storage, events and the state manager of a scheduler that leads. */
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
