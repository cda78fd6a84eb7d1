/** A bug put into one line of the product on purpose, to see that the simulation finds it. */
export interface PlantedBug {
  readonly file: string;
  /** What the file has once ... */
  readonly line: string;
  /** ... and what it has instead. */
  readonly put: string;
  /** What the referee may say; anything else would mean that it was found by accident. */
  readonly said: RegExp;
}

export const PLANTED: Readonly<Record<string, PlantedBug>> = {
  'kill before commit': {
    file: 'src/scheduler/state/state-manager.ts',
    line: '    tx.afterCommit(kill, { taskId, agentId });',
    put: '    kill({ taskId, agentId });',
    said: /is killed, but .* in the log/,
  },
  'launch before commit': {
    file: 'src/scheduler/scheduling/round.ts',
    line: 'tx.afterCommit(() => launch(offer, tasks));',
    put: '{ book.claim(offer); launch(offer, tasks); }',
    said: /is launched, but the log has it/,
  },
  'update acknowledged before commit': {
    file: 'src/scheduler/mesos/status-updates.ts',
    line: '    tx.afterCommit(calls.acknowledge, one);',
    put: '    calls.acknowledge(one);',
    said: /is acknowledged, but .* in the log/,
  },
  'a commit takes later ones along': {
    file: 'src/scheduler/storage/commit-queue.ts',
    line: 'const commit = { durable: false, effects',
    put: 'const commit = { durable: true, effects',
    said: /not durable yet|acknowledged were/,
  },
  'no sync': {
    file: 'src/scheduler/storage/log/segment-writer.ts',
    line: '    await segment.file.datasync();\n    end += size;',
    put: '    end += size;',
    said: /does not start: the log is damaged|acknowledged|not stored/,
  },
  'refused launch not marked': {
    file: 'src/scheduler/scheduling/round.ts',
    line: 'if (!mayRun) lost(taskIds);',
    put: '',
    said: /was refused by Mesos and is still ASSIGNED/,
  },
  'unserved group dropped': {
    file: 'src/scheduler/scheduling/task-groups.ts',
    line: '    line.unshift(...served.slice(results.length).filter((group) => !penalised.has(group)));\n',
    put: '',
    said: /has not come back, it is PENDING/,
  },
  'pending tasks forgotten at the start': {
    file: 'src/scheduler/parts/placing.ts',
    line: '      resumePending(storage, groups, placingFlags.maxRescheduleDelayOnStartupMs, random);\n',
    put: '',
    said: /has not come back, it is PENDING/,
  },
  'throttled for ever': {
    file: 'src/scheduler/state/watchdogs/throttler.ts',
    line: "cas: 'THROTTLED', to: 'PENDING'",
    put: "cas: 'PENDING', to: 'PENDING'",
    said: /has not come back, it is THROTTLED/,
  },
  'failed service not restarted': {
    file: 'src/scheduler/state/transitions.ts',
    line: 'isService || maxTaskFailures === -1 || failureCount',
    put: 'maxTaskFailures === -1 || failureCount',
    said: /has instances .*, acknowledged were/,
  },
  'kill forgotten': {
    file: 'src/scheduler/state/state-manager.ts',
    line: '          killLater(tx, taskId, task?.assignedTask.slaveId);\n',
    put: '',
    said: /still runs|double launch|has not come back/,
  },
  'stray task not killed': {
    file: 'src/scheduler/state/transitions.ts',
    line: "{ result: 'ILLEGAL_WITH_SIDE_EFFECTS', effects: cell.effects }",
    put: "{ result: 'ILLEGAL_WITH_SIDE_EFFECTS', effects: [] }",
    said: /still runs|runs twice/,
  },
  'Mesos is never asked': {
    file: 'src/scheduler/mesos/driver-calls.ts',
    line: "reconcile: (tasks) => send({ type: 'RECONCILE', reconcile: { tasks: tasks.map(named) } }),",
    put: 'reconcile: () => {},',
    said: /no such task runs|has not come back|still runs/,
  },
  'framework id not kept': {
    file: 'src/scheduler/mesos/mesos-session.ts',
    line: 'if (tx.framework.id() !== frameworkId) tx.framework.saveId(frameworkId);',
    put: '',
    said: /came back as another framework/,
  },
  'limit off by one': {
    file: 'src/scheduler/scheduling/filter.ts',
    line: 'counts.count(name, value) >= rule.limit',
    put: 'counts.count(name, value) > rule.limit',
    said: /over its limit/,
  },
  'offer used without taking out of it': {
    file: 'src/scheduler/offers/resource-pool.ts',
    line: '      entry.amount = rounded(entry.amount - part);\n',
    put: '',
    said: /oversold/,
  },
  'quota of one request alone': {
    file: 'src/scheduler/quota/quota.ts',
    line: 'plus(used, times(quotaAmounts(config), count))',
    put: 'times(quotaAmounts(config), count)',
    said: /of a quota of/,
  },
  'one more in flight than the queue has': {
    file: 'src/scheduler/updater/strategy.ts',
    line: 'Math.max(0, (sizes[0] as number) - working)',
    put: 'Math.max(0, (sizes[0] as number) + 1 - working)',
    said: /instances in flight of/,
  },
  'one more failed instance than may': {
    file: 'src/scheduler/updater/run.ts',
    line: "  if (run.failed > run.maxFailedInstances) return 'failed';",
    put: "  if (run.failed > run.maxFailedInstances + 1) return 'failed';",
    said: /goes on though .* instances failed|instances failed, /,
  },
  'one more try of an instance than may': {
    file: 'src/scheduler/updater/instance.ts',
    line: 'if (failures > limits.maxPerInstanceFailures)',
    put: 'if (failures > limits.maxPerInstanceFailures + 1)',
    said: /failures of .* allowed/,
  },
  'a rollback to the new configuration': {
    file: 'src/scheduler/updater/instances.ts',
    line: '  const old = configsOf(instructions.initialState);',
    put: '  const old = configsOf(instructions.desiredState ? [instructions.desiredState] : []);',
    // Or tasks of the new configuration, which fail, take the places of others for ever.
    said: /is ROLLED_BACK, and instance|does not end|but no such task runs/,
  },
  'an aborted update goes on': {
    file: 'src/scheduler/updater/job-updates.ts',
    line: '    changed(key, to) {\n      runs.drop(key.job);\n',
    put: '    changed(key, to) {\n',
    said: /acts though it is|after it was|is there twice|without a beginning|does not end/,
  },
  'what an update did is forgotten by the next leader': {
    file: 'src/scheduler/updater/run.ts',
    line: '  for (const { instanceId, action, message } of events) {',
    put: '  for (const { instanceId, action, message } of [] as typeof events) {',
    said: /is there twice|does not end|in flight of/,
  },
  'a tick that is decided is forgotten': {
    file: 'src/scheduler/cron/progress.ts',
    line: '? progress : { ...progress, decidedMs: tickMs };',
    put: '? progress : progress;',
    said: /was decided twice|had .* ticks/,
  },
  'ticks that nobody led at are not told of': {
    file: 'src/scheduler/cron/progress.ts',
    line: '    const left = oneRuns ? count - 1 : count;',
    put: '    const left = oneRuns ? count - 1 : 0;',
    said: /had .* ticks/,
  },
  'one task fewer than was promised': {
    file: 'src/scheduler/sla/policy.ts',
    line: '  if (running >= required) return undefined;',
    put: '  if (running + 1 >= required) return undefined;',
    said: /was let go with/,
  },
  'a drain is forgotten by the next leader': {
    file: 'src/scheduler/parts/maintaining.ts',
    line: '    start: draining.start,\n',
    put: '',
    said: /long after its deadline/,
  },
  'an instance waits until a clock that was set back has caught up': {
    file: 'src/scheduler/updater/task-waits.ts',
    line: '      if (known?.taskId === taskId && known.sinceMs === sinceMs) return nowMs - known.atMs;\n',
    put: '',
    said: /does not end/,
  },
};
