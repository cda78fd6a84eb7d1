import { assert, suite } from '../../harness/index.ts';
import {
  batchOf,
  failing,
  groupsOf,
  KEY,
  queueOf,
  type Scene,
  scene,
  settingsOf,
  version,
  WELL,
} from './scene.ts';

const test = suite('update flow');

function on(name: string, body: (scene: Scene) => Promise<void>) {
  test(name, async () => {
    const made = await scene();
    await body(made);
    await made.stop();
  });
}

const STARTS = ['INSTANCE_UPDATING', 'INSTANCE_ROLLING_BACK'] as const;

on('Update flow: add-only: a job is created by an update', async (s) => {
  await s.update('b', 3, batchOf(2));
  assert.equal(s.shown(), ['0:b!PENDING', '1:b!PENDING']);
  await s.settle();
  assert.equal(s.shown(), ['0:b', '1:b', '2:b']);
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.equal(
    s.events().map(({ instanceId, action }) => `${instanceId} ${action}`),
    [
      '0 INSTANCE_UPDATING',
      '1 INSTANCE_UPDATING',
      '0 INSTANCE_UPDATED',
      '1 INSTANCE_UPDATED',
      '2 INSTANCE_UPDATING',
      '2 INSTANCE_UPDATED',
    ],
  );
});

on('Update flow: remove-only: instances beyond the count are killed and nothing else happens', async (s) => {
  await s.running('a', 'a', 'a');
  await s.update('a', 1, queueOf(2));
  await s.settle();
  assert.equal(s.shown(), ['0:a']);
  assert.equal(s.order('INSTANCE_UPDATED'), [1, 2]);
  assert.is(s.status(), 'ROLLED_FORWARD');
});

on('Update flow: mixed: instances are created, replaced and removed in one batch', async (s) => {
  await s.running('b', 'a', 'a', 'b');
  await s.storage().write((tx) => void tx.tasks.delete(s.active()[0]!.assignedTask.taskId));
  await s.update('b', 3, batchOf(10));
  assert.equal(s.shown(), ['0:b!PENDING', '1:a!KILLING', '2:a!KILLING', '3:b!KILLING']);
  await s.settle();
  assert.equal(s.shown(), ['0:b', '1:b', '2:b']);
  assert.is(s.status(), 'ROLLED_FORWARD');
});

on('Update flow: all already good: it succeeds at once, and nothing is said of any instance', async (s) => {
  await s.running('b', 'b');
  const before = s.active().map(({ assignedTask }) => assignedTask.taskId);
  const instances = [{ first: 0, last: 1 }];
  const instructions = {
    initialState: [{ task: version('a'), instances }],
    desiredState: { task: version('b'), instances },
    settings: settingsOf(queueOf(1)),
  };
  await s
    .storage()
    .write((tx) =>
      s.updates().add(tx, { summary: { key: KEY, user: 'jane', metadata: [] }, instructions }, {}),
    );
  await s.settle();
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.equal(s.events(), []);
  assert.equal(
    s.active().map(({ assignedTask }) => assignedTask.taskId),
    before,
  );
});

on('Update flow: order create→update→kill, each in order of the ids', async (s) => {
  await s.running('b', 'a', 'a', 'b', 'a', 'a');
  await s.storage().write((tx) => {
    const task = tx.tasks.activeInstance(s.active()[0]!.assignedTask.task.job, 2)!;
    tx.tasks.delete(task.assignedTask.taskId);
  });
  await s.update('b', 5, queueOf(1));
  await s.settle();
  assert.equal(s.order('INSTANCE_UPDATING'), [2, 1, 4, 5]);
  assert.equal(s.shown(), ['0:b', '1:b', '2:b', '3:b', '4:b']);
});

on('Update flow: an instance that is killed meanwhile is made anew by the update', async (s) => {
  await s.running('a', 'a');
  await s.update('b', 2, queueOf(1));
  for (const task of s.active()) if (task.status === 'RUNNING') await s.move(task, 'KILLING');
  await s.settle();
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.equal(s.order('INSTANCE_UPDATED'), [0, 1]);
});

on(
  'Update flow: queue vs batch concurrency: a queue goes on with every instance that is done, a batch waits for all of its own',
  async (s) => {
    await s.running('a', 'a', 'a', 'a');
    const slow = (task: Parameters<typeof WELL>[0]) =>
      task.assignedTask.instanceId === 0 && task.assignedTask.task.contactEmail === 'b'
        ? undefined
        : WELL(task);
    await s.update('b', 4, queueOf(2));
    await s.settle(slow);
    assert.equal(s.shown(), ['0:b!PENDING', '1:b', '2:b', '3:b']);
    assert.is(s.status(), 'ROLLING_FORWARD');
    await s.settle();
    assert.is(s.status(), 'ROLLED_FORWARD');

    const other = await scene();
    await other.running('a', 'a', 'a', 'a');
    await other.update('b', 4, batchOf(2));
    await other.settle(slow);
    assert.equal(other.shown(), ['0:b!PENDING', '1:b', '2:a', '3:a']);
    await other.stop();
  },
);

on(
  'Update flow: health window restarts with a new task of the instance, and with nothing else',
  async (s) => {
    await s.running('a', 'a');
    await s.update('b', 2, { ...batchOf(2), minWaitInInstanceRunningMs: 10_000, maxPerInstanceFailures: 1 });
    await s.settle();
    await s.advance(6_000);
    // Instance 1 fails and comes back; what happens to it does not touch the window of instance 0.
    await s.move(s.active()[1]!, 'FAILED');
    await s.settle();
    await s.advance(3_999);
    assert.equal(s.order('INSTANCE_UPDATED'), []);
    await s.advance(1);
    assert.equal(s.order('INSTANCE_UPDATED'), [0]);
    await s.advance(5_999);
    assert.equal(s.order('INSTANCE_UPDATED'), [0]);
    await s.advance(1);
    assert.equal(s.order('INSTANCE_UPDATED'), [0, 1]);
    assert.is(s.status(), 'ROLLED_FORWARD');
  },
);

on('Update flow: the health window survives a failover: what has passed of it has passed', async (s) => {
  await s.update('b', 1, { minWaitInInstanceRunningMs: 10_000 });
  await s.settle();
  await s.advance(7_000);
  await s.failover();
  await s.advance(2_999);
  assert.is(s.status(), 'ROLLING_FORWARD');
  await s.advance(1);
  assert.is(s.status(), 'ROLLED_FORWARD');
});

for (const [failures, limit, fails] of [
  [1, 1, false],
  [2, 1, true],
  [1, 0, true],
] as const)
  on(
    `Update flow: instance fails ≤ and > limit: ${failures} times of ${limit} allowed: ${fails ? 'it has failed' : 'it goes on'}`,
    async (s) => {
      let left: number = failures;
      await s.update('b', 1, { maxPerInstanceFailures: limit, rollbackOnFailure: false });
      await s.settle((task) => (task.status === 'ASSIGNED' && left-- > 0 ? 'FAILED' : WELL(task)));
      assert.is(s.status(), fails ? 'FAILED' : 'ROLLED_FORWARD');
      assert.equal(s.order('INSTANCE_UPDATE_FAILED'), fails ? [0] : []);
      assert.is(s.messages().at(-1), fails ? 'Latest failure: instance 0 exited.' : undefined);
    },
  );

for (const [failing, limit] of [
  [1, 1],
  [2, 1],
  [2, 2],
  [1, 0],
] as const)
  on(`Update flow: job fails ≤ and > limit: ${failing} failed instances of ${limit} allowed`, async (s) => {
    // Instance 0 goes well, the next ones fail. A failed one is left as it is, and would go on failing: it does not here.
    const left = new Map(Array.from({ length: failing }, (_, at) => [at + 1, 1]));
    const fate: typeof WELL = (task) => {
      const { instanceId } = task.assignedTask;
      const tries = left.get(instanceId) ?? 0;
      if (task.assignedTask.task.contactEmail !== 'b' || task.status !== 'ASSIGNED' || tries === 0)
        return WELL(task);
      left.set(instanceId, tries - 1);
      return 'FAILED';
    };
    await s.running('a', 'a', 'a', 'a');
    await s.update('b', 4, { ...queueOf(1), maxFailedInstances: limit });
    await s.settle(fate);
    const failed = Array.from({ length: Math.min(failing, limit + 1) }, (_, at) => at + 1);
    assert.equal(s.order('INSTANCE_UPDATE_FAILED'), failed);
    assert.is(s.status(), failing > limit ? 'ROLLED_BACK' : 'ROLLED_FORWARD');
    if (failing > limit) assert.is(s.messages()[1], `Latest failure: instance ${failed.at(-1)} exited.`);
  });

on(
  'Update flow: rollback success: what was changed is put back in reverse, what was not is left alone',
  async (s) => {
    await s.running('a', 'a', 'a', 'a');
    await s.update('b', 5, queueOf(1));
    await s.settle(failing('b', [2]));
    assert.is(s.status(), 'ROLLED_BACK');
    assert.equal(s.statuses(), ['ROLLING_FORWARD', 'ROLLING_BACK', 'ROLLED_BACK']);
    assert.is(s.messages()[1], 'Latest failure: instance 2 exited.');
    assert.equal(s.order('INSTANCE_UPDATING'), [4, 0, 1, 2]);
    assert.equal(s.order('INSTANCE_ROLLING_BACK'), [2, 1, 0, 4]);
    assert.equal(s.order('INSTANCE_ROLLED_BACK'), [2, 1, 0, 4]);
    assert.equal(s.shown(), ['0:a', '1:a', '2:a', '3:a']);
  },
);

on('Update flow: rollback failure ends the update as FAILED', async (s) => {
  await s.running('a', 'a');
  await s.update('b', 2, queueOf(1));
  let broken = false;
  let left = 3;
  await s.settle((task) => {
    const isNew = task.assignedTask.task.contactEmail === 'b';
    if (task.status === 'ASSIGNED' && (isNew || broken) && left-- > 0) {
      broken = true;
      return 'FAILED';
    }
    return WELL(task);
  });
  assert.is(s.status(), 'FAILED');
  assert.equal(s.statuses(), ['ROLLING_FORWARD', 'ROLLING_BACK', 'FAILED']);
  assert.equal(s.order('INSTANCE_ROLLBACK_FAILED'), [0]);
});

on('Update flow: rollback disabled: a failed update leaves things as they are', async (s) => {
  await s.running('a', 'a');
  await s.update('b', 2, { ...queueOf(1), rollbackOnFailure: false });
  let left = 1;
  await s.settle((task) => (task.status === 'ASSIGNED' && left-- > 0 ? 'FAILED' : WELL(task)));
  assert.is(s.status(), 'FAILED');
  assert.equal(s.shown(), ['0:b', '1:a']);
});

on(
  'Update flow: pause/resume mid-batch: nothing is begun meanwhile, then it goes on with the same batch',
  async (s) => {
    await s.running('a', 'a', 'a', 'a');
    await s.update('b', 4, batchOf(2));
    await s.user('pause');
    await s.settle();
    assert.equal(s.shown(), ['2:a', '3:a'], 'killed, and not made anew');
    await s.user('resume');
    assert.equal(s.order(...STARTS), [0, 1]);
    await s.settle();
    assert.is(s.status(), 'ROLLED_FORWARD');
    assert.equal(s.order('INSTANCE_UPDATING'), [0, 1, 2, 3]);
    assert.equal(s.order('INSTANCE_UPDATED'), [0, 1, 2, 3]);
  },
);

on('Update flow: kill of instance stuck PENDING', async (s) => {
  await s.running('a');
  await s.update('b', 1, { maxPerInstanceFailures: 3 });
  await s.settle((task) => (task.assignedTask.task.contactEmail === 'b' ? undefined : WELL(task)));
  assert.equal(s.shown(), ['0:b!PENDING']);
  await s.user('rollback');
  await s.settle();
  assert.is(s.status(), 'ROLLED_BACK');
  assert.equal(s.shown(), ['0:a']);
});

on('Update flow: stale event ignored', async (s) => {
  await s.running('a');
  await s.update('b', 1, { minWaitInInstanceRunningMs: 5_000, maxPerInstanceFailures: 5 });
  await s.settle();
  const [running] = s.active();
  // RUNNING is told while the task has failed already.
  const told = s.move(running!, 'FAILED');
  s.updates().again({ job: running!.assignedTask.task.job, id: 'update-1' }, 0);
  await told;
  await s.quiet();
  assert.equal(s.order('INSTANCE_UPDATED'), []);
  await s.settle();
  await s.advance(5_000);
  assert.is(s.status(), 'ROLLED_FORWARD');
});

on('Update flow: abort leaves tasks exactly as they are', async (s) => {
  await s.running('a', 'a', 'a');
  await s.update('b', 3, batchOf(2));
  await s.step(WELL);
  const before = s.shown();
  await s.user('abort');
  assert.equal(s.shown(), before);
  await s.settle();
  await s.advance(1_000_000);
  assert.equal(s.shown(), ['0:b', '1:b', '2:a']);
  assert.is(s.status(), 'ABORTED');
  const events = s.events().length;
  await s.failover();
  assert.is(s.events().length, events);
});

on('Update flow: varBatch sizes over/under instance count: the last size again and again', async (s) => {
  const begun = async (sizes: number[], count: number) => {
    const one = await scene();
    await one.update('b', count, groupsOf(sizes));
    const seen: number[] = [];
    for (;;) {
      const now = one.order('INSTANCE_UPDATING').length - seen.reduce((sum, size) => sum + size, 0);
      if (now > 0) seen.push(now);
      if (!(await one.step(WELL))) break;
    }
    assert.is(one.status(), 'ROLLED_FORWARD');
    await one.stop();
    return seen;
  };
  assert.equal(await begun([1, 2], 8), [1, 2, 2, 2, 1]);
  assert.equal(await begun([1, 2, 100], 4), [1, 2, 1]);
  assert.equal(await begun([5], 3), [3]);
  await s.quiet();
});

on('Update flow: rollback from the middle of a batch puts back the batches that there were', async (s) => {
  await s.running('a', 'a', 'a', 'a', 'a', 'a');
  await s.update('b', 6, groupsOf([1, 2, 3]));
  await s.settle(failing('b', [3]));
  assert.is(s.status(), 'ROLLED_BACK');
  assert.equal(s.order('INSTANCE_ROLLING_BACK'), [5, 4, 3, 2, 1, 0]);
  assert.equal(s.shown(), ['0:a', '1:a', '2:a', '3:a', '4:a', '5:a']);
});

/** Five instances in batches of two; `between` happens at every turn of it. */
async function pausesByItself(s: Scene, between: () => Promise<void>) {
  await s.running('a', 'a', 'a', 'a', 'a');
  await s.update('b', 5, batchOf(2, true));
  for (const done of [2, 4]) {
    await between();
    await s.step(WELL);
    await between();
    await s.settle();
    assert.is(s.status(), 'ROLL_FORWARD_PAUSED');
    assert.is(s.messages().at(-1), 'Update auto paused');
    assert.is(s.order('INSTANCE_UPDATED').length, done);
    assert.is(s.order('INSTANCE_UPDATING').length, done);
    await between();
    assert.is(s.status(), 'ROLL_FORWARD_PAUSED');
    await s.user('resume');
  }
  await s.settle();
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.is(s.statuses().filter((status) => status === 'ROLL_FORWARD_PAUSED').length, 2);
}

on('Update flow: auto-pause at each boundary, not on last', (s) => pausesByItself(s, async () => {}));
on('Update flow: auto-pause across scheduler restart', (s) => pausesByItself(s, s.failover));

on('Update flow: auto-pause not on rollback', async (s) => {
  await s.running('a', 'a', 'a');
  await s.update('b', 3, batchOf(1, true));
  await s.settle();
  await s.user('rollback');
  await s.settle();
  assert.equal(s.statuses(), ['ROLLING_FORWARD', 'ROLL_FORWARD_PAUSED', 'ROLLING_BACK', 'ROLLED_BACK']);
});

on('Update flow: pulse expiry before first pulse: nothing begins', async (s) => {
  await s.update('b', 1, { blockIfNoPulsesAfterMs: 10_000 });
  await s.settle();
  assert.equal(s.shown(), []);
  assert.is(s.status(), 'ROLL_FORWARD_AWAITING_PULSE');
  assert.is(await s.pulse(), true);
  assert.is(s.status(), 'ROLLING_FORWARD');
  assert.equal(
    s
      .storage()
      .read(({ jobUpdates }) =>
        jobUpdates.summary({ job: s.active()[0]!.assignedTask.task.job, id: 'update-1' }),
      )?.user,
    'jane',
  );
  await s.settle();
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.is(await s.pulse(), false);
});

on(
  'Update flow: pulse expiry between batches: it waits, from the moment itself, until a pulse comes',
  async (s) => {
    await s.running('a', 'a');
    await s.update('b', 2, {
      ...queueOf(1),
      blockIfNoPulsesAfterMs: 10_000,
      minWaitInInstanceRunningMs: 30_000,
    });
    await s.pulse();
    await s.settle();
    await s.advance(9_000);
    await s.pulse();
    await s.advance(9_999);
    assert.is(s.status(), 'ROLLING_FORWARD');
    await s.advance(1);
    assert.is(s.status(), 'ROLL_FORWARD_AWAITING_PULSE');
    assert.is(s.messages().at(-1), 'Pulses from external service have timed out.');
    await s.advance(100_000);
    await s.settle();
    assert.equal(s.order('INSTANCE_UPDATING'), [0]);
    await s.pulse();
    assert.is(s.status(), 'ROLLING_FORWARD');
    assert.equal(s.order('INSTANCE_UPDATING'), [0, 1]);
  },
);

on('Update flow: pulse expiry while paused: a pulse only says that somebody is there', async (s) => {
  await s.update('b', 1, { blockIfNoPulsesAfterMs: 10_000 });
  await s.pulse();
  await s.user('pause');
  await s.advance(11_000);
  assert.is(s.status(), 'ROLL_FORWARD_PAUSED');
  await s.user('resume');
  assert.is(s.status(), 'ROLL_FORWARD_AWAITING_PULSE');
  await s.user('pause');
  assert.is(await s.pulse(), true);
  assert.is(s.status(), 'ROLL_FORWARD_PAUSED');
  await s.user('resume');
  assert.is(s.status(), 'ROLLING_FORWARD');
});

on('Update flow: pulse expiry after failover: it neither makes up a pulse nor forgets one', async (s) => {
  await s.update('b', 1, { blockIfNoPulsesAfterMs: 10_000, minWaitInInstanceRunningMs: 60_000 });
  await s.failover();
  assert.is(s.status(), 'ROLL_FORWARD_AWAITING_PULSE');
  await s.pulse();
  await s.settle();
  await s.advance(6_000);
  await s.failover();
  await s.advance(3_999);
  assert.is(s.status(), 'ROLLING_FORWARD');
  await s.advance(1);
  assert.is(s.status(), 'ROLL_FORWARD_AWAITING_PULSE');
  await s.failover();
  assert.is(s.status(), 'ROLL_FORWARD_AWAITING_PULSE');
});

on('Update flow: pulse expiry during rollback', async (s) => {
  await s.running('a');
  await s.update('b', 1, { blockIfNoPulsesAfterMs: 10_000, minWaitInInstanceRunningMs: 60_000 });
  await s.pulse();
  await s.settle();
  await s.advance(10_000);
  await s.user('rollback');
  assert.is(s.status(), 'ROLL_BACK_AWAITING_PULSE');
  await s.settle();
  assert.equal(s.shown(), ['0:b']);
  await s.pulse();
  await s.settle();
  for (let seconds = 0; seconds < 60; seconds += 6) {
    await s.pulse();
    await s.advance(6_000);
  }
  assert.is(s.status(), 'ROLLED_BACK');
  assert.equal(s.shown(), ['0:a']);
});

on(
  'Update flow: failed instances not retried after resume, and failed tries remembered by pause, resume and failover',
  async (s) => {
    await s.running('a', 'a', 'a');
    await s.update('b', 3, { ...queueOf(1), maxPerInstanceFailures: 2, maxFailedInstances: 1 });
    const fail = async (id: number) => {
      await s.settle((task) =>
        task.assignedTask.instanceId === id && task.status === 'ASSIGNED' ? undefined : WELL(task),
      );
      const task = s.active().find(({ assignedTask }) => assignedTask.instanceId === id);
      await s.move(task!, 'FAILED');
      await s.quiet();
    };
    await fail(0);
    await s.user('pause');
    await s.user('resume');
    await fail(0);
    await s.failover();
    assert.equal(s.order('INSTANCE_UPDATE_FAILED'), []);
    await fail(0);
    assert.equal(s.order('INSTANCE_UPDATE_FAILED'), [0]);
    await s.user('pause');
    await s.failover();
    await s.user('resume');
    assert.equal(s.order('INSTANCE_UPDATING'), [0, 1], 'on with the next one');
    for (let tries = 0; tries < 3; tries++) await fail(1);
    assert.is(s.status(), 'ROLLING_BACK');
    await s.settle();
    assert.is(s.status(), 'ROLLED_BACK');
  },
);

on('Update flow: failover in every status: each goes on as it would have', async (s) => {
  await s.running('a', 'a');
  await s.update('b', 2, { ...queueOf(1), blockIfNoPulsesAfterMs: 1_000_000 });
  const over = async (status: string) => {
    const events = s.statuses();
    await s.failover();
    assert.equal(s.statuses(), events, `no event of its own in ${status}`);
    assert.is(s.status(), status);
  };
  await over('ROLL_FORWARD_AWAITING_PULSE');
  await s.user('pause');
  await over('ROLL_FORWARD_PAUSED');
  await s.user('resume');
  await s.pulse();
  await over('ROLLING_FORWARD');
  await s.step(WELL);
  await over('ROLLING_FORWARD');
  await s.step(WELL);
  await s.user('rollback');
  await over('ROLLING_BACK');
  await s.user('pause');
  await over('ROLL_BACK_PAUSED');
  await s.advance(1_000_000);
  await s.user('resume');
  await over('ROLL_BACK_AWAITING_PULSE');
  await s.pulse();
  await s.settle();
  await over('ROLLED_BACK');
  assert.equal(s.shown(), ['0:a', '1:a']);
});

const SLA = { ...batchOf(3), slaAware: true };
const messagesOf = (s: Scene) =>
  s.events().flatMap(({ instanceId, message }) => (message ? [`${instanceId} ${message}`] : []));
const CHECKING = 'Checking SLA before continuing.';
const PASSED = 'SLA check passed, continuing.';

on('Update flow: SLA-aware kill delayed then released', async (s) => {
  await s.running('a', 'a', 'a');
  await s.update('sla-b', 3, SLA);
  await s.settle();
  assert.equal(s.shown(), ['0:sla-b', '1:a', '2:a']);
  assert.equal(messagesOf(s), [`0 ${CHECKING}`, `1 ${CHECKING}`, `2 ${CHECKING}`, `0 ${PASSED}`]);
  assert.is(s.status(), 'ROLLING_FORWARD');
  // Asked again after a minute to two; by then the new task of instance 0 has run for long enough.
  await s.advance(120_000);
  await s.settle();
  assert.is(s.shown().filter((text) => text.includes('sla-b')).length, 2);
  await s.advance(300_000);
  await s.settle();
  assert.equal(s.shown(), ['0:sla-b', '1:sla-b', '2:sla-b']);
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.is(messagesOf(s).filter((text) => text.endsWith(CHECKING)).length, 3, 'said once');
  assert.equal(s.counts.read().get('updates_sla_kill_success_web/prod/hello'), 3);
});

on(
  'Update flow: SLA-aware kill: pause during wait: none while paused, also when it was asked for before',
  async (s) => {
    await s.running('a', 'a', 'a');
    await s.update('sla-b', 3, SLA);
    await s.settle();
    await s.user('pause');
    await s.advance(1_000_000);
    await s.settle();
    assert.equal(s.shown(), ['0:sla-b', '1:a', '2:a']);
    await s.failover();
    await s.user('resume');
    await s.settle();
    await s.advance(1_000_000);
    await s.settle();
    assert.is(s.status(), 'ROLLED_FORWARD');
    assert.is(messagesOf(s).filter((text) => text.endsWith(CHECKING)).length, 3, 'said once');
  },
);

on('Update flow: SLA-aware kill: unassigned task forced', async (s) => {
  await s.running('a', 'a', 'a');
  await s.move(s.active()[1]!, 'FAILED');
  await s.quiet();
  assert.equal(s.shown(), ['0:a', '1:a!PENDING', '2:a']);
  await s.update('sla-b', 3, SLA);
  assert.is(s.shown()[1], '1:sla-b!PENDING');
  assert.equal(
    messagesOf(s).filter((text) => text.startsWith('1 ')),
    [],
  );
  assert.ok(messagesOf(s).includes(`0 ${CHECKING}`));
});

on('Update flow: an instance that does not run in time has failed', async (s) => {
  await s.running('a');
  await s.update('b', 1, { instanceStartTimeoutMs: 60_000 });
  await s.settle((task) => (task.assignedTask.task.contactEmail === 'b' ? undefined : WELL(task)));
  await s.advance(59_999);
  assert.is(s.status(), 'ROLLING_FORWARD');
  await s.advance(1);
  assert.is(s.status(), 'ROLLING_BACK');
  assert.is(s.messages().at(-1), 'Latest failure: instance 0 was still PENDING after 60000 ms.');
  await s.settle();
  assert.equal(s.shown(), ['0:a']);
});

test.run();
