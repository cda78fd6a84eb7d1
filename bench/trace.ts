/**
 * What traces cost. When off: the time of the checks, on the way of a call and of a task, for whether anyone traces,
 * compared with the time of a call, since there is no scheduler without these checks. When on: the same calls with an
 * SDK that keeps spans in memory, so that only our own cost is measured.
 */
import { readFileSync } from 'node:fs';
import { loadTracing } from '../src/base/tracing.ts';
import { wireConfig, wireJob } from '../test/scheduler/builders.ts';
import { callScheduler, type TestScheduler, testScheduler } from '../test/scheduler/running.ts';
import { memorySdk } from '../test/scheduler/tracing/memory-sdk.ts';
import { figure, median } from './harness.ts';

const CALLS = 600;
const ROUNDS = 7;
const QUESTIONS = 2_000_000;

/** The time that this thread has run, in nanoseconds. */
const threadNs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);

let jobs = 0;
async function callNs({ running }: TestScheduler): Promise<number> {
  const startNs = threadNs();
  for (let call = 0; call < CALLS; call++) {
    const key = { role: 'www', environment: 'prod', name: `job-${jobs++}` };
    const description = wireJob({ key, instanceCount: 1, taskConfig: wireConfig({ job: key }) });
    const { details, responseCode } = await callScheduler(running().httpPort, 'createJob', { description });
    if (responseCode !== 'OK') throw new Error(JSON.stringify(details));
  }
  return (threadNs() - startNs) / CALLS;
}

/**
 * The checks of one call with one task: whether there are traces for the call, for its transaction and for the task's
 * label.
 */
async function questionsNs(): Promise<number> {
  const tracing = await loadTracing();
  const settings: { traces?: { launching(id: string): string | undefined } | undefined } = {
    traces: tracing as undefined,
  };
  let found = 0;
  const startNs = threadNs();
  for (let at = 0; at < QUESTIONS; at++) {
    if (settings.traces) found++;
    if (settings.traces?.launching('task') !== undefined) found++;
    if (
      ({ headers: { traceparent: undefined } } as { headers: Record<string, string | undefined> }).headers
        .traceparent
    )
      found++;
  }
  if (found > 0) throw new Error('somebody traces');
  return (threadNs() - startNs) / QUESTIONS;
}

const off = await testScheduler();
off.mesos.subscribe();
const asked = median([await questionsNs(), await questionsNs(), await questionsNs()]);
const sdk = memorySdk();
const on = await testScheduler();
on.mesos.subscribe();
try {
  const costs: { off: number[]; on: number[] } = { off: [], on: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const [offNs, onNs] = [await callNs(off), await callNs(on)];
    sdk.ended.length = 0;
    // The first round only warms up.
    if (round === 0) continue;
    costs.off.push(offNs);
    costs.on.push(onNs);
  }
  const call = median(costs.off);
  const conditions = `createJob of one task, ${CALLS} calls, ${ROUNDS} rounds, processor time of the thread with client`;
  figure({ name: 'off_cost_percent', value: (asked / call) * 100, unit: '%', conditions });
  const ratios = costs.on.map((ns, at) => ns / (costs.off[at] as number));
  figure({ name: 'on_cost_percent', value: (median(ratios) - 1) * 100, unit: '%', conditions });
} finally {
  sdk.takeBack();
  await off.stop();
  await on.stop();
}
