/** One trace from a client's command to a healthy task: off and free without an SDK. */
import { TRACE_LABEL } from '../../../src/api/trace-label.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { loadTracing, parseTraceparent } from '../../../src/base/tracing.ts';
import { runCommand } from '../../../src/commands/run.ts';
import { taskTrace } from '../../../src/executor/task-trace.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, ports, scalar, wireConfig, wireJob } from '../builders.ts';
import { callScheduler, testScheduler } from '../running.ts';
import { type EndedSpan, memorySdk } from './memory-sdk.ts';

const test = suite('traces');

const KEY = { role: 'www', environment: 'prod', name: 'web' };
const JOB = { description: wireJob({ key: KEY, instanceCount: 1, taskConfig: wireConfig({ job: KEY }) }) };
const RESOURCES = [scalar('cpus', 40), scalar('mem', 40_000), scalar('disk', 40_000), ports(31_000, 32_000)];

/** Takes a job to RUNNING; the labels that its task was launched with. */
async function launched(headers: Readonly<Record<string, string>>) {
  const scheduler = await testScheduler();
  try {
    const { mesos, running, tasks } = scheduler;
    mesos.subscribe();
    const response = await callScheduler(running().httpPort, 'createJob', JOB, headers);
    assert.is(response.responseCode, 'OK', JSON.stringify(response.details));
    mesos.offer(mesosOffer('a1', { id: { value: 'offer-1' }, resources: RESOURCES }));
    const { accept } = await mesos.next('ACCEPT');
    const task = accept?.operations?.[0]?.launch?.task_infos?.[0];
    if (!task) throw new Error('nothing was launched');
    mesos.update(task.task_id.value, 'TASK_STARTING');
    mesos.update(task.task_id.value, 'TASK_RUNNING');
    for (;;) if ((await tasks('RUNNING')).length === 1) return task;
  } finally {
    await scheduler.stop();
  }
}

const labelOf = ({ labels }: Awaited<ReturnType<typeof launched>>) =>
  labels?.labels?.find(({ key }) => key === TRACE_LABEL)?.value;

test('from the command over call, transaction, offer, launch and executor to healthy: one trace', async () => {
  const sdk = memorySdk();
  try {
    const tracing = await loadTracing();
    if (!tracing) throw new Error('an SDK is there');
    const command = tracing.start('aurora job create', undefined);
    const task = await launched({ traceparent: command.traceparent });
    const executor = taskTrace(tracing);
    executor.launched(task);
    executor.reported(task.task_id.value, 'TASK_STARTING', undefined);
    executor.reported(task.task_id.value, 'TASK_RUNNING', 'health checks passed');
    command.end();
    const { traceId } = parseTraceparent(command.traceparent) ?? {};
    const span = (name: string): EndedSpan => {
      const found = sdk.ended.filter((one) => one.name === name && one.traceId === traceId);
      assert.is(found.length, 1, `${found.length} spans ${name} of ${sdk.ended.map((one) => one.name)}`);
      return found[0] as EndedSpan;
    };
    const call = span('createJob');
    assert.is(call.parentId, span('aurora job create').spanId);
    assert.is(call.attributes['aurora.response'], 'OK');
    for (const name of ['transaction', 'offer', 'launch', 'start'])
      assert.is(span(name).parentId, call.spanId, name);
    assert.is(parseTraceparent(labelOf(task))?.spanId, span('launch').spanId);
    assert.is(span('executor').parentId, span('launch').spanId);
    assert.is(span('healthy').parentId, span('executor').spanId);
    assert.is(span('healthy').failure, undefined);
  } finally {
    sdk.takeBack();
  }
});

test('a task that fails before it is healthy ends its spans with the reason', async () => {
  const sdk = memorySdk();
  try {
    const tracing = await loadTracing();
    const executor = taskTrace(tracing!);
    const label = { key: TRACE_LABEL, value: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
    executor.launched({ task_id: { value: 't' }, labels: { labels: [label] } } as never);
    executor.reported('t', 'TASK_STARTING', undefined);
    executor.reported('t', 'TASK_FAILED', 'exit code 3');
    assert.equal(
      sdk.ended.map(({ name, failure }) => [name, failure]),
      [
        ['healthy', 'exit code 3'],
        ['executor', 'exit code 3'],
      ],
    );
    assert.is(sdk.ended[1]?.traceId, '1'.repeat(32));
  } finally {
    sdk.takeBack();
  }
});

test('without an SDK there is no tracing, and a task gets no label', async () => {
  assert.is(await loadTracing(), undefined);
  const task = await launched({ traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` });
  assert.is(labelOf(task), undefined);
});

test('a command is a span; its calls go on the trace that TRACEPARENT names, with an SDK or without', async () => {
  const parent = `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01`;
  const seen: (string | undefined)[] = [];
  class Command {
    static readonly id = 'admin probe';
    static readonly strict = false;
    constructor(
      _argv: unknown,
      _config: unknown,
      readonly session: { readonly traceparent?: string },
    ) {}
    async execute() {
      seen.push(this.session.traceparent);
      return 3;
    }
  }
  const outside = {
    env: { TRACEPARENT: parent },
    clock: manualClock(),
    signal: new AbortController().signal,
    complain: () => {},
    print: () => {},
  } as never;
  assert.is(await runCommand(Command as never, [], outside), 3);
  const sdk = memorySdk();
  try {
    await runCommand(Command as never, [], outside);
    const [span] = sdk.ended;
    assert.is(span?.name, 'aurora admin probe');
    assert.is(span?.parentId, '4'.repeat(16));
    assert.is(span?.failure, 'exit code 3');
    assert.equal(seen, [parent, `00-${'3'.repeat(32)}-${span?.spanId}-01`]);
  } finally {
    sdk.takeBack();
  }
});

test('what is no traceparent begins a trace of its own', () => {
  for (const text of [
    undefined,
    '',
    'x',
    `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
    `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`,
  ])
    assert.is(parseTraceparent(text), undefined);
});

test.run();
