/**
 * Plays a recorded conversation against our agent: what the executors sent goes to it over sockets, what the scheduler
 * sent comes to it as the master's calls, with the recorded ids; what the recording received must come from it.
 * Records of one connection come in the recorded order, over several connections in any. Steps that only a
 * master answers are left out.
 */
import { assert } from '../../harness/index.ts';
import type { Step } from '../../mesos/transcript.ts';
import {
  compareEnvironment,
  endExecutor,
  executorOf,
  executorReceives,
  executorSends,
  executorStarts,
} from './recorded-executors.ts';
import { operator } from './recorded-operators.ts';
import { schedulerReceives, schedulerSends } from './recorded-scheduler.ts';
import type { Recording } from './recording.ts';
import { openStage, type Stage } from './stage.ts';

async function outside(stage: Stage, step: Step): Promise<void> {
  const text = step.text ?? '';
  const exit = /executor exits with status (\d+)/.exec(text);
  const killed = /executor "?([\w-]+)"? gets SIGKILL/.exec(text);
  if (/agent process gets SIG(KILL|TERM)/.test(text)) {
    await stage.r.crash();
    stage.isDown = true;
  } else if (text === 'agent process started again') await stage.restart();
  else if (text === 'started with --recover=cleanup') await stage.restart('cleanup');
  else if (exit) await endExecutor(stage, executorOf(stage, step.conn), exit[1] as string);
  else if (killed) await endExecutor(stage, killed[1] as string, 'kill');
  else if (text === 'executor process started') await executorStarts(stage, executorOf(stage, step.conn));
  else if (text.startsWith('executor closes its subscription')) stage.exchanges.get(step.conn)?.close();
}

async function playStep(stage: Stage, step: Step, at: number): Promise<void> {
  if (step.what === 'env') await compareEnvironment(stage, step);
  else if (step.dir === 'ctl') await outside(stage, step);
  else if (/^agent(-v1)?$/.test(step.conn)) await operator(stage, step, at);
  else if (step.conn.startsWith('sched')) {
    if (step.dir === 'send' && step.what === 'body') schedulerSends(stage, step);
    if (step.dir === 'recv' && step.what === 'record') await schedulerReceives(stage, step);
  } else if (step.conn.startsWith('exec')) {
    if (step.dir === 'send') await executorSends(stage, step);
    else await executorReceives(stage, step);
  }
}

/** Runs one scenario, its times by a clock driven along; returns the number of steps that were compared. */
export async function replay(scenario: Recording): Promise<number> {
  const stage = await openStage(scenario);
  let lastMs = 0;
  try {
    for (const [at, step] of scenario.steps.entries()) {
      const nowMs = Math.round(step.t * 1000);
      stage.r.clock.advance(Math.max(0, nowMs - lastMs));
      lastMs = Math.max(lastMs, nowMs);
      await playStep(stage, step, at);
    }
    const surplus = stage.r.calls.filter(
      ({ call, message }) => call === 'forwardUpdate' && !stage.matched.has(message.status.uuid ?? ''),
    );
    assert.equal(surplus, [], 'updates that were not recorded');
  } finally {
    await stage.tearDown();
  }
  return stage.compared;
}
