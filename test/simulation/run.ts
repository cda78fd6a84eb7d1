/** One run from one seed. Longer than other files: all parts of the simulated world meet here. */
import { decodeStruct, type JobUpdateStatus, type ScheduleStatus, type Wire } from '../../src/api/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { simulatedDisk } from './disk.ts';
import { durableState } from './durable-state.ts';
import { type JobOwner, jobOwner } from './job-owner.ts';
import { instanceOf, landscape, ROLE } from './jobs.ts';
import { simulatedCluster } from './mesos/cluster.ts';
import { cronJobs, cronOwner } from './operations/cron-owner.ts';
import { cronReferee } from './operations/cron-referee.ts';
import { drainOwner } from './operations/drain-owner.ts';
import { drainReferee } from './operations/drain-referee.ts';
import { referee } from './referee.ts';
import { schedulerHouse } from './scheduler-process.ts';
import { drawOperations, drawSteps, perform, type Stage, type Step, type StepKind } from './steps.ts';
import { trace } from './trace.ts';
import { isBroken, UPDATED_ROLE, type UpdateOwner, updateOwner } from './updates/update-owner.ts';
import { updateReferee } from './updates/update-referee.ts';
import { virtualTime } from './virtual-time.ts';
import { between, chance, type World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  /** Numbers of the steps to take; all when left out. */
  readonly only?: ReadonlySet<number>;
  /** Receives the trace line by line. */
  readonly print?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  /** The first rule that was broken; the run ends there. */
  readonly violation: string | undefined;
  readonly steps: readonly Step[];
  readonly events: number;
  /** Every status that a task had. */
  readonly met: ReadonlySet<ScheduleStatus>;
  /** Every status that an update had. */
  readonly updatesMet: ReadonlySet<JobUpdateStatus>;
  /** Every outcome that a tick had, and `drained` when a task was let go by a drain. */
  readonly operationsMet: ReadonlySet<string>;
  /** Of everything that happened; equal for equal runs. */
  readonly hash: string;
}

/** Long enough for every timeout, penalty and backoff of the scheduler to pass, one after another. */
const SETTLE_MS = 30 * 60_000;
/** Between two looks at everything that the scheduler has. */
const LOOK_MS = 45_000;

/** Runs with cron jobs and maintenance. */
const OPERATIONS = 0.4;
/** -min_required_instances_for_sla_check: a promise counts from so many instances on. */
const LEAST_PROMISED = 2;
/** After so much calm every drain has had its time, and cron jobs their last tick. */
const DRAINED_MS = 12 * 60_000;
const TICKED_MS = 22 * 60_000;
/** Often enough for all runs of a job that ticks every minute: it is remembered by the last 20. */
const LOOK_CALM_MS = 5 * 60_000;

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, at) => from + at * step);

/** Runs one scheduler through the faults that its seed means, lets things settle, and says what went wrong. */
export async function runSimulation({ seed, only, print }: RunOptions): Promise<RunResult> {
  const random = seededRandom(seed * 7919 + 1);
  const time = virtualTime(seededRandom(seed * 104_729 + 2));
  const world: World = { time, random, trace: trace(time.monotonicMs, print), calm: false };
  let violation: string | undefined;
  const violated = (what: string) => {
    if (violation !== undefined) return;
    violation = what;
    world.trace('referee', `VIOLATED: ${what}`);
    time.halt();
  };

  const plan = seededRandom(seed * 15_485_863 + 3);
  const chaosMs = between(plan, 4, 14) * 60_000;
  const usual = drawSteps(plan, chaosMs);
  const land = landscape(plan);
  // A stream of its own: what it draws changes nothing else.
  const operations = seededRandom(seed * 32_452_843 + 4);
  const withOperations = chance(operations, OPERATIONS);
  const cron = withOperations ? cronJobs(operations) : [];
  const clockSteps: readonly StepKind[] =
    withOperations && chance(operations, 0.2) ? ['stepClock', 'setClockBack'] : [];
  const steps = withOperations
    ? [...usual, ...drawOperations(operations, chaosMs, usual.length, clockSteps)]
    : usual;
  const flags = [
    `-partition_aware=${chance(plan, 0.6)}`,
    `-dlog_snapshot_interval=${Math.round(between(plan, 20, 600))}secs`,
    // When the clock is set forward, ended tasks are old enough for this limit; the referee wants to see all of them.
    '-history_max_per_job_threshold=10000',
    `-min_offer_hold_time=${Math.round(between(plan, 5, 300))}secs`,
    `-max_tasks_per_schedule_attempt=${chance(plan, 0.5) ? 2 : 25}`,
    '-preemption_delay=20secs',
    `-min_required_instances_for_sla_check=${LEAST_PROMISED}`,
    '-preemption_slot_search_initial_delay=10secs',
    '-preemption_slot_search_interval=10secs',
    '-reconciliation_explicit_interval=6mins',
    '-reconciliation_implicit_interval=6mins',
    '-reconciliation_schedule_spread=3mins',
  ];
  world.trace(
    'plan',
    `${land.hosts.length} hosts, ${land.jobs.length} jobs, ${steps.length} steps, ${flags.join(' ')}`,
  );
  for (const { wire, limits, isService, production, prefix } of land.jobs)
    world.trace(
      'plan',
      `${prefix} ${wire.instanceCount} ${isService ? 'service' : 'ad-hoc'} ${production ? 'production' : ''} ${JSON.stringify(limits)}`,
    );

  const owners: JobOwner[] = [];
  const durable = durableState();
  const versions = new Map<string, string | undefined>();
  const judge = referee({
    world,
    land,
    durable,
    owners: () => owners,
    violated,
    cannotRun: ({ assignedTask }) => isBroken(assignedTask?.task?.contactEmail),
  });
  const updaters: UpdateOwner[] = [];
  const updateJudge = updateReferee({ owners: () => updaters, violated });
  const exact = !steps.some(
    ({ kind }) => kind === 'moveClock' || kind === 'stepClock' || kind === 'setClockBack',
  );
  const service = new Map(
    [...land.jobs, ...cron.map(({ prefix }) => ({ prefix, isService: false }))].map((job) => [
      job.prefix,
      job.isService,
    ]),
  );
  const cluster = simulatedCluster(world, {
    hosts: land.hosts,
    observer: judge,
    endsByItself: (taskId) => service.get(instanceOf(taskId).prefix) === false,
    cannotRun: (taskId) => isBroken(versions.get(taskId)),
    started(info, host) {
      const data = info.data === undefined ? undefined : Buffer.from(info.data, 'base64');
      if (data) versions.set(info.task_id.value, decodeStruct('AssignedTask', data).task?.contactEmail);
      judge.started(info, host);
    },
    gone: judge.gone,
    violated,
  });
  const disk = simulatedDisk(time, random);
  /** Updates and their tasks; what happens between the two answers is in the tasks. */
  const lookAtUpdates = async () => {
    const details = await house.callLocally('getJobUpdateDetails', { query: { role: UPDATED_ROLE } });
    const found = await house.callLocally('getTasksWithoutConfigs', { query: { role: UPDATED_ROLE } });
    const updates = details.response?.result?.getJobUpdateDetailsResult?.detailsList;
    const tasks = found.response?.result?.scheduleStatusResult?.tasks;
    return updates && tasks ? { updates, tasks } : undefined;
  };
  const look = async (): Promise<readonly Wire<'ScheduledTask'>[] | undefined> => {
    const asked = judge.asking();
    const { response } = await house.callLocally('getTasksWithoutConfigs', { query: {} });
    const tasks = response?.responseCode === 'OK' ? response.result?.scheduleStatusResult?.tasks : undefined;
    if (tasks && violation === undefined) judge.seen(tasks, asked);
    if (tasks && violation === undefined) drainJudge.seen(tasks, exact);
    for (const job of cron) {
      const asked = await house.callLocally('getCronJobStatus', { job: job.key });
      const status = asked.response?.result?.cronJobStatusResult?.status;
      if (tasks && status && violation === undefined) cronJudge.seen(job, tasks, status);
    }
    const found = await lookAtUpdates();
    if (found && violation === undefined) updateJudge.seen(found.updates, found.tasks, exact);
    return tasks;
  };
  const house = schedulerHouse({
    world,
    seed,
    flags,
    disk,
    driverOf: cluster.driverOf,
    durable,
    violated,
    recovered: () => void look(),
  });
  for (const job of land.jobs)
    owners.push(jobOwner(job, { world, call: house.call, violated, ending: judge.ending }));
  for (const job of land.updated) updaters.push(updateOwner(job, { world, call: house.call }));
  const cronOwners = cron.map((job) => cronOwner(job, { world, call: house.call }));
  const hosts = land.hosts.map(({ name }) => name);
  const drainer = drainOwner(hosts, { world, call: house.call });
  const cronJudge = cronReferee(violated);
  const drainJudge = drainReferee({
    jobs: land.jobs,
    hosts,
    durable,
    least: LEAST_PROMISED,
    owner: () => drainer,
    violated,
  });
  const stage: Stage = { world, cluster, house, disk, owners, updaters, cronOwners, drainer };

  house.start();
  const setQuota = async (ownerRole: string, numCpus: number) => {
    const quota = { resources: [{ numCpus }, { ramMb: 1_000_000 }, { diskMb: 1_000_000 }] };
    const { response } = await house.call('setQuota', { ownerRole, quota });
    if (response?.responseCode !== 'OK') time.after(2_000, () => void setQuota(ownerRole, numCpus));
  };
  time.after(500, () => void setQuota(ROLE, land.quotaCpus));
  time.after(500, () => void setQuota(UPDATED_ROLE, 1_000));
  for (const step of steps) {
    if (only && !only.has(step.number)) continue;
    time.after(step.atMs, () => {
      world.trace('step', `${step.number} ${step.kind}`);
      perform(step, stage);
    });
  }
  for (const atMs of range(LOOK_MS, chaosMs, LOOK_MS)) time.after(atMs, () => void look());
  await time.runUntil(Math.max(chaosMs, ...steps.map(({ atMs }) => atMs)) + 1);

  world.calm = true;
  house.spare();
  world.trace('plan', 'nothing goes wrong from now on');
  const calmMs = time.monotonicMs();
  time.after(10_000, () => {
    for (const owner of owners) owner.makeSure();
    for (const owner of updaters) owner.finish();
  });
  if (withOperations) {
    for (const afterMs of range(LOOK_CALM_MS, TICKED_MS, LOOK_CALM_MS))
      time.after(afterMs, () => void look());
    await time.runUntil(calmMs + DRAINED_MS);
    if (exact && violation === undefined) drainJudge.late();
    drainer.end();
    await time.runUntil(calmMs + TICKED_MS);
    void look();
    await time.runUntil(calmMs + TICKED_MS + 1);
    // A clock that was set back does not come to the next tick for long.
    if (exact && violation === undefined) for (const job of cron) cronJudge.settled(job, time.nowMs());
    for (const owner of cronOwners) owner.finish();
  }
  await time.runUntil(calmMs + SETTLE_MS);
  if (violation === undefined) {
    void look();
    void house.callLocally('getPendingReason', { query: {} }).then(({ response }) => {
      for (const { taskId, reason } of response?.result?.getPendingReasonResult?.reasons ?? [])
        world.trace('plan', `${taskId} is pending: ${reason || 'no reason'}`);
    });
    await time.runUntil(calmMs + SETTLE_MS + 60_000);
    // Asked now, because a task may be preempted at any time, and is compared with what runs now.
    let tasks: readonly Wire<'ScheduledTask'>[] | undefined;
    void look().then((found) => {
      tasks = found;
    });
    const askedUpdates = lookAtUpdates();
    let updated: Awaited<typeof askedUpdates>;
    void askedUpdates.then((found) => {
      updated = found;
    });
    await time.runUntil(calmMs + SETTLE_MS + 60_001);
    if (!tasks || !updated) violated('the scheduler does not answer though nothing is wrong any more');
    else {
      judge.settled(tasks);
      updateJudge.settled(updated.updates, updated.tasks, exact);
    }
  }
  world.trace('plan', 'the end');
  house.retire();
  return {
    seed,
    violation,
    steps,
    events: time.events(),
    met: judge.met(),
    updatesMet: updateJudge.met(),
    operationsMet: new Set([...cronJudge.met(), ...(drainJudge.met() ? ['drained'] : [])]),
    hash: world.trace.hash(),
  };
}
