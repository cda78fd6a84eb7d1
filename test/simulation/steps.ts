import { type Random, randomBelow, seededRandom } from '../../src/base/random.ts';
import type { SimulatedDisk } from './disk.ts';
import type { JobOwner, Wish } from './job-owner.ts';
import type { Cluster } from './mesos/cluster.ts';
import type { CronOwner } from './operations/cron-owner.ts';
import type { DrainOwner } from './operations/drain-owner.ts';
import type { SchedulerHouse } from './scheduler-process.ts';
import type { UpdateOwner } from './updates/update-owner.ts';
import { between, chance, pick, type World } from './world.ts';

/** Everything that a step can lay hands on. */
export interface Stage {
  readonly world: World;
  readonly cluster: Cluster;
  readonly house: SchedulerHouse;
  readonly disk: SimulatedDisk;
  readonly owners: readonly JobOwner[];
  readonly updaters: readonly UpdateOwner[];
  readonly cronOwners: readonly CronOwner[];
  readonly drainer: DrainOwner;
}

/** One thing that happens to the cluster. Steps do not depend on each other, so any of them can be left out. */
export interface Step {
  readonly number: number;
  readonly atMs: number;
  readonly kind: StepKind;
  readonly seed: number;
}

type Act = (stage: Stage, random: Random) => void;

const wish =
  (...wishes: Wish[]): Act =>
  ({ owners }, random) =>
    pick(random, owners)?.wish(pick(random, wishes) ?? 'create', random);

const downMs = (random: Random): number =>
  chance(random, 0.7) ? between(random, 100, 5_000) : between(random, 5_000, 90_000);

/** A wish and, while it is being carried out, something that spoils it. */
const race: Act = (stage, random) => {
  const { cluster, house, world } = stage;
  const spoil = pick(random, [
    () => cluster.breakConnection(between(random, 0, 2_000)),
    () => cluster.master.rescind(1),
    () => cluster.master.failOver(between(random, 200, 10_000)),
    () => house.kill(chance(random, 0.5) ? 'kept' : 'cut', downMs(random)),
  ]);
  wish('create', 'add', 'restart')(stage, random);
  world.time.after(between(random, 0, 60), () => spoil?.());
};

const HOUR_MS = 3_600_000;

/** What can happen; the weight says how often. */
const KINDS = {
  create: { weight: 14, act: wish('create') },
  grow: { weight: 8, act: wish('add') },
  kill: { weight: 5, act: wish('kill', 'kill', 'killAll') },
  restart: { weight: 6, act: wish('restart') },
  rush: {
    weight: 4,
    act: ({ owners }, random) => {
      for (const owner of owners) owner.wish(chance(random, 0.6) ? 'create' : 'add', random);
    },
  },
  race: { weight: 8, act: race },
  update: { weight: 12, act: ({ updaters }, random) => pick(random, updaters)?.start(random) },
  steerUpdate: { weight: 6, act: ({ updaters }, random) => pick(random, updaters)?.steer(random) },
  killScheduler: {
    weight: 4,
    act: ({ house }, random) => house.kill(chance(random, 0.5) ? 'kept' : 'cut', downMs(random)),
  },
  killSchedulerSoon: {
    weight: 8,
    act: ({ house }, random) =>
      house.kill(chance(random, 0.5) ? 'kept' : 'cut', downMs(random), randomBelow(random, 40)),
  },
  stopScheduler: { weight: 2, act: ({ house }) => house.stop() },
  stallDisk: { weight: 5, act: ({ disk }, random) => disk.stall(between(random, 50, 20_000)) },
  failDisk: { weight: 1, act: ({ disk }) => disk.failOnce() },
  snapshot: { weight: 4, act: ({ house }) => void house.call('snapshot', {}) },
  breakConnection: {
    weight: 5,
    act: ({ cluster }, random) =>
      cluster.breakConnection(between(random, 0, chance(random, 0.7) ? 2_000 : 30_000)),
  },
  failMaster: {
    weight: 2,
    act: ({ cluster }, random) => cluster.master.failOver(between(random, 200, 20_000)),
  },
  rescind: { weight: 6, act: ({ cluster }, random) => cluster.master.rescind(between(random, 0.3, 1)) },
  cutAgent: {
    weight: 5,
    act: ({ cluster }, random) => cluster.partition(random, between(random, 100, 20_000)),
  },
  partitionAgent: {
    weight: 4,
    act: ({ cluster }, random) => cluster.partition(random, between(random, 60_000, 400_000)),
  },
  restartAgent: { weight: 4, act: ({ cluster }, random) => cluster.restart(random) },
  killMachine: {
    weight: 3,
    act: ({ cluster }, random) => cluster.die(random, between(random, 5_000, 300_000)),
  },
  crashTask: { weight: 5, act: ({ cluster }, random) => cluster.crashTask(random) },
  moveClock: {
    weight: 1,
    act: ({ world }, random) => world.time.shiftWall(between(random, -600_000, 600_000)),
  },
  // Those of cron jobs and maintenance are drawn apart from the others, see drawOperations.
  startCron: { weight: 0, act: ({ cronOwners }, random) => pick(random, cronOwners)?.startNow() },
  drain: { weight: 0, act: ({ drainer }, random) => drainer.begin(random) },
  endDrain: { weight: 0, act: ({ drainer }) => drainer.end() },
  stepClock: { weight: 0, act: ({ world }) => world.time.shiftWall(HOUR_MS) },
  setClockBack: { weight: 0, act: ({ world }) => world.time.shiftWall(-HOUR_MS) },
} as const satisfies Record<string, { readonly weight: number; readonly act: Act }>;

export type StepKind = keyof typeof KINDS;

const NAMES = Object.keys(KINDS) as StepKind[];
const TOTAL_WEIGHT = NAMES.reduce((sum, name) => sum + KINDS[name].weight, 0);

function drawKind(random: Random): StepKind {
  let left = random.next() * TOTAL_WEIGHT;
  for (const name of NAMES) {
    left -= KINDS[name].weight;
    if (left < 0) return name;
  }
  return 'create';
}

/** The steps of a run, spread over `overMs` in clusters, since faults hurt most when they come together. */
export function drawSteps(random: Random, overMs: number): Step[] {
  const total = 20 + randomBelow(random, 50);
  const start: StepKind[] = ['rush', 'create', 'create', 'create'];
  let atMs = 3_000;
  return Array.from({ length: total }, (_, number) => {
    atMs += (chance(random, 0.5) ? between(random, 0, 0.2) : between(random, 0.5, 2.3)) * (overMs / total);
    const kind = start[number] ?? drawKind(random);
    return { number, atMs, kind, seed: Math.floor(random.next() * 2 ** 32) };
  });
}

/** What happens to cron jobs and hosts beside the other steps; their numbers go on from `from`. */
export function drawOperations(
  random: Random,
  overMs: number,
  from: number,
  clockSteps: readonly StepKind[],
): Step[] {
  const kinds: StepKind[] = ['drain', 'drain', 'endDrain', 'endDrain', 'startCron', 'startCron'];
  const total = 4 + randomBelow(random, 10);
  return Array.from({ length: total }, (_, at) => ({
    number: from + at,
    atMs: between(random, 5_000, overMs),
    kind: pick(random, clockSteps.length > 0 && chance(random, 0.2) ? clockSteps : kinds) ?? 'drain',
    seed: Math.floor(random.next() * 2 ** 32),
  }));
}

export const perform = ({ kind, seed }: Step, stage: Stage): void =>
  KINDS[kind].act(stage, seededRandom(seed));
