/**
 * Every behaviour of the original's state machine, storage, scheduling and offers that has to be tested, with the tests
 * that do: so that none gets lost when tests are moved or renamed. Longer than other tests because it is a table.
 */
import { readFileSync } from 'node:fs';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('behaviours worth testing');

/** [area, behaviour, tests as FILE: NAME or the beginning of a name]. */
const BEHAVIOURS: readonly (readonly [area: string, behaviour: string, ...tests: string[]])[] = [
  [
    'States',
    'every cell, for services and others, at every failure count',
    'state/transitions: every cell, for services and others, below, at and above the failure limit',
  ],
  [
    'States',
    'reports of unknown tasks',
    'state/state-manager: unknown tasks that run are killed; unknown tasks that ended or cannot be reached are not',
  ],
  [
    'States',
    'expected status with a missing task and with another status',
    'state/state-manager: a change with an expected status does nothing when the status is another or the task is gone',
  ],
  [
    'States',
    'failures are carried along, counted on FAILED alone, and limited at n',
    'state/state-manager: failures are counted on FAILED alone and carried through LOST',
    'state/transitions: a failure limit of n gives n attempts, 0 counts as 1, and -1 is no limit',
  ],
  [
    'States',
    'FAILED while being preempted, restarted or drained does not count',
    'state/state-manager: a task that fails while it is being restarted, drained or preempted counts no failure',
  ],
  [
    'States',
    'killing a task without an agent deletes it',
    'state/state-manager: a kill of a task without an agent deletes it, with a delete event and no other',
  ],
  [
    'Partition',
    'policy absent, with delay, without reschedule; restart; partitioned again',
    'state/watchdogs: a partitioned task without a policy is replaced at once',
    'state/watchdogs: a partition policy delays the replacement, or forbids it',
    'state/watchdogs: the time before a restart counts towards the partition delay',
    'state/watchdogs: a task that came back and was partitioned again has its full delay',
    'agents-come-and-go: a partition-aware scheduler keeps a task whose agent is out of reach',
  ],
  [
    'Partition',
    'history does not grow, the counter does',
    'state/state-manager: cycles of RUNNING and PARTITIONED do not grow the history, but are counted',
  ],
  [
    'Partition',
    'user actions on a partitioned task',
    'state/state-manager: user actions on a partitioned task make it LOST at once; only a kill leaves no replacement',
  ],
  [
    'Flapping',
    'first flap, cap, exempt histories, missing ancestor, restart',
    'state/flapping: the first flap is penalised, with one step of backoff',
    'state/flapping: every flapped ancestor adds a step, up to the longest penalty',
    'state/flapping: a task that we restarted, killed, drained or preempted does not flap',
    'state/flapping: the line ends at an ancestor that lived, and at one that is not stored any more',
    'state/watchdogs: a throttled task serves only the rest of its penalty after a restart',
  ],
  [
    'Batch worker',
    'order, isolation of what fails, and another try: rounds and batches of updates stand for it',
    'mesos/status-updates: updates that come together are one record, in order',
    'mesos/status-updates: an update that cannot be applied is not acknowledged and spoils no other',
    'scheduling/round: one attempt that fails spoils neither the others nor the offers',
    'scheduling/task-groups: a group that places nothing waits longer and longer',
  ],
  [
    'Timeouts',
    'every transient status; nothing for a task that moved',
    'state/watchdogs: a task that stays in a transient status is lost after five minutes',
    'state/watchdogs: a task has an hour to start; one that does not is lost, and killed',
    'state/watchdogs: a task that has moved, though nobody was told yet, is left alone',
    'state/watchdogs: a task that went on is left alone, and the time begins anew in each status',
    'state/watchdogs: a restart arms the watchdogs for the tasks that are stored',
  ],
  [
    'Groups',
    'equal tasks share a group; deletion; penalty after success',
    'scheduling/task-groups: equal tasks share a group, tried after the first delay, a few at a time',
    'state/state-manager: tasks of equal configurations share one object',
    'scheduling/task-groups: a task that is gone is not tried; an empty group is forgotten',
    'scheduling/task-groups: one success ends the penalty of the whole group',
  ],
  [
    'Groups',
    'the limiter counts; an attempt has a size',
    'scheduling/task-groups: attempts are limited by the second',
    'scheduling/task-groups: equal tasks share a group, tried after the first delay, a few at a time',
  ],
  [
    'Matching',
    'tasks share an offer within what it holds; offers without cpu or memory are of no use',
    'scheduling/round: property: no agent is oversold, no port given twice, no limit exceeded',
    'scheduling/filter: all lacking resources are named, scored by the shortfall; the executor counts',
  ],
  ['Matching', 'limits are exact within an attempt', 'app: a limit is exact within one attempt'],
  [
    'Matching',
    'a reserved agent is invisible to others, until the time is over',
    'scheduling/round: an agent that is kept for a group takes no other tasks, until the time is over',
    'preemptor/preemption: an agent is given back when the group has no pending tasks any more, or after a time',
  ],
  [
    'Offers',
    'several of an agent, hold, for ever, rescinds at every moment, the end of a session',
    'offers/offer-book: offers of one agent are joined and expire with the older one',
    'offers/offer-book: an unused offer is declined after the hold time',
    'offers/offer-book: held forever, no offer is declined and no timer is armed',
    'offers/offer-book: a rescinded offer is gone; of joined ones the other stays',
    'offers/offer-book: a claimed offer is out of the order, and a rescind before it is settled is not lost',
    'offers/offer-book: the end of the session voids everything, claims too',
  ],
  [
    'Offers',
    'orders keep equal offers; maintenance and unavailability come first',
    'offers/offer-book: offers that are equal in every order are all kept',
    'offers/offer-book: maintenance comes first in the order, then unavailability, then what the flag says',
    'offers/offer-book: revocable cpus: ascending, none at all last',
  ],
  [
    'Static bans',
    'only when all vetoes are static; lifted with the offer or its host',
    'scheduling/round: an offer that can never fit a group is asked once',
    'scheduling/round: an offer that only a limit rules out is asked again',
    'offers/offer-book: a change of the host sorts its offers anew and lifts their bans',
  ],
  [
    'Filter',
    'dedicated hosts, missing attributes, several of one name',
    'scheduling/filter: a dedicated host is for tasks that ask for it',
    'scheduling/filter: value constraints match any value, negated ones none; a missing attribute matches nothing',
    'scheduling/filter: a limit counts the tasks of the job by attribute value; a host without the attribute is no place',
    'scheduling/filter: an attribute with several values satisfies any of them',
    'http/rpc: dedicated negated',
  ],
  [
    'Resources',
    'mixed offers, values spread over entries, ports, GPUs, executors',
    'offers/resource-pool: one need is met from several entries, reserved ones first, each with its role',
    'offers/resource-pool: a plain tier never touches revocable resources; a revocable one takes them for cpus only',
    'offers/resource-pool: ports are different, from the ranges, reserved ones first when they suffice',
    'offers/resource-pool: GPUs are taken whole from where they are',
    'scheduling/filter: an executor takes only types that its task uses',
  ],
  [
    'TaskInfo',
    'labels, discovery, images, Docker, custom executors, fetcher',
    'launch/task-info: a task is launched as the original launches it',
    'launch/task-info: discovery info when it is asked for',
    'launch/task-info: an image becomes a read-only volume after the mounts and the volumes of the job',
    'launch/task-info: a Docker task runs in the container of its executor, or without one as a bare command',
    'launch/task-info: custom executors are read from their file',
    'launch/task-info: fetcher files of the job come last and are not executable',
  ],
  [
    'Preemption',
    'least victims, tiers and priorities, roles, revocable cpus, slack, empty sets',
    'preemptor/victims: property: victims suffice, none of them could stay, and no choice of lower rank was possible',
    'preemptor/victims: one large task goes rather than many small ones, but no larger one than needed',
    'preemptor/preemption: who preempts whom: tiers first, then roles and priorities',
    'preemptor/preemption: revocable cpus are of no use to others, but memory of such a task is',
    'preemptor/preemption: what is free on the agent counts, so that as few as can be go',
    'preemptor/preemption: where a task fits without anybody leaving, nobody is preempted',
    'agents-come-and-go: a task of a firm tier has others moved out of its way',
  ],
  [
    'Preemption',
    'turns, expiry, slots that will not do, an offer that vanished',
    'preemptor/preemption: the searches go from group to group, some of each at a time',
    'preemptor/preemption: a slot expires',
    'preemptor/preemption: a slot that does no longer do is given up: its victim ended, or the free part',
  ],
  [
    'Quota',
    'exactly at and a unit above, for each operation',
    'quota/quota: instances fit up to exactly the quota; a unit more is refused, with what it is over',
    'quota/quota: an update may start up to exactly the quota, growing and adding; one unit more is refused',
    'quota/quota: a cron template may grow up to exactly the quota; what it replaces does not count',
  ],
  [
    'Quota',
    'updates that grow, shrink, add and remove; several; cron; exemptions; lowering',
    'quota/quota: an update under way counts its larger state, once, and what it does not touch beside it',
    'quota/quota: instances that an update adds are reserved before they run',
    'quota/quota: an update that only removes, or is not limited, passes whatever the quota',
    'quota/quota: several updates under way add up',
    'quota/quota: a cron job counts its template, or its tasks when they are more',
    'quota/quota: tasks of no production tier and of dedicated hosts are not limited',
    'quota/quota: a quota may not be set below what is used',
  ],
];

const texts = new Map<string, string>();

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
  texts.set(file, text);
  return text;
}

for (const [area, behaviour, ...tests] of BEHAVIOURS) {
  test(`${area}: ${behaviour}`, () => {
    assert.ok(tests.length > 0);
    for (const named of tests) {
      const at = named.indexOf(': ');
      const [file, name] = [named.slice(0, at), named.slice(at + 2)];
      assert.ok(textOf(file).includes(`'${name}`), `${file}.test.ts has no test named "${name}"`);
    }
  });
}

test('no behaviour is listed twice', () => {
  assert.is(new Set(BEHAVIOURS.map(([area, text]) => `${area} ${text}`)).size, BEHAVIOURS.length);
  count('behaviours', BEHAVIOURS.length);
});

test.run();
