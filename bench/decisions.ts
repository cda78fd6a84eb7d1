/**
 * How fast tasks find offers. First, the walk over the offers of 10,000 agents in order, with all vetoes, the limits of
 * the job, and the subtraction of what a task takes from an offer; nothing is written, because `schedule-e2e` measures
 * that. Second, the cost of an attempt that places nothing: a whole round of one group whose task fits no offer.
 */
import { availableParallelism } from 'node:os';
import { normalise, type TaskConfig } from '../src/api/index.ts';
import { systemClock } from '../src/base/clock.ts';
import { seededRandom } from '../src/base/random.ts';
import { counters } from '../src/scheduler/metrics/counters.ts';
import { type HostOffer, hostOffer } from '../src/scheduler/offers/host-offer.ts';
import { EMPTY_BAG } from '../src/scheduler/offers/resource-bag.ts';
import { attributeCounts } from '../src/scheduler/scheduling/constraints.ts';
import { matchOffers } from '../src/scheduler/scheduling/match.ts';
import { nearestFit } from '../src/scheduler/scheduling/nearest-fit.ts';
import { taskRequest } from '../src/scheduler/scheduling/task-request.ts';
import { unfitOffers } from '../src/scheduler/scheduling/unfit-offers.ts';
import { cpuMs, curve, figure, median, wantsCurve } from './harness.ts';
import { benchConfig, benchOffer, benchPlacing } from './state/placing.ts';

const AGENTS = 10_000;
const TASKS_OF_JOB = 1_000;
const TASKS_OF_ATTEMPT = 25;
const JOBS = 40;
const ROUNDS = 7;
/** This many of a hundred agents have no room for a task. */
const FULL_OF_100 = 99;

const random = seededRandom(7);
const scalar = (name: string, value: number) => ({ name, type: 'SCALAR' as const, scalar: { value } });
const text = (name: string, value: string) => ({ name, type: 'TEXT' as const, text: { value } });

function agents(isFull: (index: number) => boolean, count = AGENTS): HostOffer[] {
  return Array.from({ length: count }, (_, index) => {
    const offer = {
      id: { value: `offer-${index}` },
      framework_id: { value: 'framework' },
      agent_id: { value: `agent-${index}` },
      hostname: `agent-${index}`,
      resources: [
        scalar('cpus', isFull(index) ? 0.125 : 1_024),
        scalar('mem', 4_194_304),
        scalar('disk', 4_194_304),
      ],
      attributes: [text('host', `agent-${index}`), text('rack', `r${index % 100}`)],
    };
    return hostOffer([offer], 'NONE', random.next(), { cpus: true, ramMb: false }, index);
  });
}

const config = (number: number, hostLimit: number): TaskConfig =>
  normalise('TaskConfig', {
    job: { role: 'bench', environment: 'prod', name: `job-${number}` },
    tier: 'preemptible',
    resources: [{ numCpus: 0.25 }, { ramMb: 128 }, { diskMb: 64 }],
    constraints: [{ name: 'host', constraint: { limit: { limit: hostLimit } } }],
  });

/** Places the tasks of `JOBS` jobs in attempts; returns decisions a second. */
function round(offers: readonly HostOffer[], hostLimit: number): number {
  const counted = counters();
  const context = {
    counters: counted,
    nearest: nearestFit(systemClock),
    unfit: unfitOffers(),
    reservations: { holder: () => undefined },
  };
  let decisions = 0;
  const startMs = performance.now();
  for (let job = 0; job < JOBS; job++) {
    const wanted = config(job, hostLimit);
    const request = taskRequest(wanted, EMPTY_BAG, false);
    const counts = attributeCounts(() => [], request.constraints.limited);
    const filter = { counts, nowMs: 0, unavailabilityThresholdMs: 0 };
    for (let tasks = 0; tasks < TASKS_OF_JOB; tasks += TASKS_OF_ATTEMPT)
      decisions += matchOffers(wanted, request, [offers], TASKS_OF_ATTEMPT, filter, context, (offer) => {
        offer.pool.take(request.total, false, random);
        counts.add(offer.attributes);
      });
  }
  const seconds = (performance.now() - startMs) / 1_000;
  if (decisions !== JOBS * TASKS_OF_JOB) throw new Error(`only ${decisions} tasks found a place`);
  return decisions / seconds;
}

const conditions = (what: string): string =>
  [
    `${AGENTS} agents, ${what}`,
    `${JOBS} jobs of ${TASKS_OF_JOB} tasks with a limit by host, ${TASKS_OF_ATTEMPT} tasks an attempt`,
    `median of ${ROUNDS}, ${availableParallelism()} cores, node ${process.version}`,
  ].join('; ');

const measured = (isFull: (index: number) => boolean, hostLimit: number): number =>
  median(Array.from({ length: ROUNDS }, () => round(agents(isFull), hostLimit)));

figure({
  name: 'empty_per_s',
  value: measured(() => false, TASKS_OF_JOB),
  unit: 'decisions/s',
  conditions: conditions('all empty'),
});
figure({
  name: 'full_per_s',
  value: measured((index) => index % 100 < FULL_OF_100, TASKS_OF_JOB),
  unit: 'decisions/s',
  conditions: conditions(`${FULL_OF_100} % of them without room`),
});

const ATTEMPTS = 20_000;
/** Attempts before the event loop gets a turn; without turns, settled promises would pile up. */
const ATTEMPTS_OF_TURN = 100;

async function attemptFloorUs(): Promise<number> {
  const { book, insert, place, storage } = await benchPlacing();
  book.add([benchOffer(0, 0, 0.125)]);
  const attempts = [await insert(benchConfig('waits'), 1)];
  const us: number[] = [];
  for (let repeat = 0; repeat <= ROUNDS; repeat++) {
    const startMs = cpuMs();
    for (let turn = 0; turn < ATTEMPTS; turn += ATTEMPTS_OF_TURN) {
      for (let at = 0; at < ATTEMPTS_OF_TURN; at++)
        if (place(attempts)[0]?.size !== 0) throw new Error('a task was placed');
      await storage.settled();
    }
    us.push(((cpuMs() - startMs) * 1_000) / ATTEMPTS);
  }
  await storage.close();
  // The first round only warms up.
  return median(us.slice(1));
}

figure({
  name: 'attempt_floor_us',
  value: await attemptFloorUs(),
  unit: 'us',
  conditions: `one offer without room, rounds of one attempt, CPU time, median of ${ROUNDS} x ${ATTEMPTS}`,
});

if (wantsCurve()) {
  const costs = [1_000, 10_000, 100_000].map((size) => {
    const us = Array.from(
      { length: ROUNDS },
      () =>
        1e6 /
        round(
          agents(() => false, size),
          TASKS_OF_JOB,
        ),
    );
    return { size, cost: median(us) };
  });
  curve({
    name: 'empty_curve',
    unit: 'us/decision',
    of: 'agents',
    costs,
    conditions: conditions('all empty'),
  });
}
