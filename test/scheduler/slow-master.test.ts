import { assert, suite } from '../harness/index.ts';
import { mesosOffer, scalar, wireConfig, wireJob } from './builders.ts';
import { testScheduler } from './running.ts';

const test = suite('a master that is slower than we are');

const TASKS = 1_500;
/** So many launches may wait for their answers. */
const MOST = 1_000;
const TASKS_AT_A_TIME = 100;
const AGENTS = 10;
/** Enough for all tasks, so that every attempt finds place. */
const resources = [scalar('cpus', 10_000), scalar('mem', 1e6), scalar('disk', 1e6)];

test('no more than a thousand launches or so wait for its answers; when it answers, the others follow', async () => {
  const scheduler = await testScheduler({}, [
    `-max_tasks_per_schedule_attempt=${TASKS_AT_A_TIME}`,
    '-max_schedule_attempts_per_sec=10000',
  ]);
  const { call, mesos, tasks, vars } = scheduler;
  try {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    mesos.answer('ACCEPT', () => answered);
    mesos.subscribe();
    const taskConfig = wireConfig({ resources: [{ numCpus: 1 }, { ramMb: 32 }, { diskMb: 32 }] });
    await call('createJob', { description: wireJob({ instanceCount: TASKS, taskConfig }) });
    let offers = 0;
    const offer = (agent: string) =>
      mesos.offer(mesosOffer(agent, { resources, id: { value: `offer-${offers++}` } }));
    for (let at = 0; at < AGENTS; at++) offer(String(at));
    let launched = 0;
    /** Takes the next launch, and offers what is left of its agent. */
    const next = async () => {
      const { accept } = await mesos.next('ACCEPT');
      const infos = accept?.operations?.flatMap(({ launch }) => launch?.task_infos ?? []) ?? [];
      launched += infos.length;
      offer(infos[0]?.agent_id.value ?? '');
    };
    while (launched < MOST) await next();
    // The offers are there, but what is pending now stays so.
    while (mesos.waiting('ACCEPT') > 0) await next();
    const waiting = (await tasks('PENDING')).length;
    assert.ok(
      waiting <= TASKS - MOST && waiting > TASKS - MOST - TASKS_AT_A_TIME * 3,
      `${waiting} are pending`,
    );
    assert.is((await vars()).launches_unanswered, TASKS - waiting);
    answer();
    while (launched < TASKS) await next();
    assert.is((await tasks('PENDING')).length, 0);
  } finally {
    await scheduler.stop();
  }
});

test('its connection is not read while more updates wait than are written at once', async () => {
  const scheduler = await testScheduler({}, ['-max_status_update_batch_size=10']);
  const { mesos } = scheduler;
  try {
    mesos.subscribe();
    const { isBusy } = mesos.options();
    assert.is(isBusy?.(), false);
    for (let nth = 0; nth < 10; nth++) mesos.update(`unknown-${nth}`, 'TASK_FINISHED');
    assert.is(isBusy?.(), true);
    for (let nth = 0; nth < 10; nth++) await mesos.next('ACKNOWLEDGE');
    assert.is(isBusy?.(), false);
  } finally {
    await scheduler.stop();
  }
});

test.run();
