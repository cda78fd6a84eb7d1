/** What the executors of a recording sent, over sockets, and what they got; their processes stand still meanwhile. */
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ExecutorEvent, parseJson, parseProtobuf, toJson } from '../../../src/mesos/index.ts';
import { isRunning, type ProcessId } from '../../../src/proc/process-id.ts';
import { assert } from '../../harness/index.ts';
import { bytesOf, type Step } from '../../mesos/transcript.ts';
import { type RawExchange, rawRequest } from './raw-http.ts';
import { comparable, comparableHeaders, jsonOf } from './recording.ts';
import { eventually } from './rig.ts';
import type { Stage } from './stage.ts';

/** The checkpointed processes of the executor that has this pipe in its sandbox. */
function leadersOf(pipe: string): ProcessId[] {
  const runs = join(dirname(dirname(pipe)).replace('/slaves/', '/meta/slaves/'));
  if (!existsSync(runs)) return [];
  return readdirSync(runs).map(
    (run) => JSON.parse(readFileSync(join(runs, run, 'process.json'), 'utf8')).leader,
  );
}

/** Which executor speaks over that connection. */
export const executorOf = (stage: Stage, conn: string): string => {
  if (conn.startsWith('exec-')) return conn.slice(5).replace(/[.#].*$/, '');
  const subscribe = stage.scenario.steps.find(
    (step) => step.conn === conn && jsonOf(step).type === 'SUBSCRIBE',
  );
  return (jsonOf(subscribe).executor_id as { value: string } | undefined)?.value ?? 'ex';
};

/** Where an idle executor waits for its end. */
const pipeOf = (stage: Stage, executorId: string): string | undefined =>
  [...stage.frameworks.keys()]
    .map((id) =>
      join(
        stage.r.workDir,
        'slaves',
        stage.r.agent().agentId() ?? '',
        'frameworks',
        id,
        'executors',
        executorId,
        'runs/latest/end',
      ),
    )
    .find((path) => existsSync(path));
/** Tells the process how to end: by that exit code, or `kill`. */
export const endExecutor = async (stage: Stage, executorId: string, how: string) => {
  const path = await eventually(() => pipeOf(stage, executorId), `executor ${executorId}`);
  const pipe = await eventually(() => {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return undefined;
    }
  }, `executor ${executorId} reads`);
  writeSync(pipe, `${how}\n`);
  closeSync(pipe);
  // While the agent is away it must find the executor dead, not dying.
  for (const leader of stage.isDown ? leadersOf(path) : [])
    await eventually(() => !isRunning(leader) || undefined, `end of executor ${executorId}`);
};

/** Waits until the process stands still. */
export const executorStarts = (stage: Stage, executorId: string): Promise<string> =>
  eventually(() => pipeOf(stage, executorId), `start of ${executorId}`);

/** Variables of Mesos' own library, which is not there. */
const NATIVE = /^MESOS_NATIVE_/;
/** Values that hold the port or the directory of one run. */
const OF_ONE_RUN = /^(MESOS_AGENT_ENDPOINT|MESOS_SLAVE_PID|MESOS_DIRECTORY|MESOS_SANDBOX|PWD)$/;

/** The environment of the process is the recorded one. */
export async function compareEnvironment(stage: Stage, step: Step): Promise<void> {
  const pipe = await executorStarts(stage, executorOf(stage, step.conn));
  const lines = readFileSync(join(dirname(pipe), 'environment'), 'utf8')
    .trim()
    .split('\n');
  const ours = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const shown = (environment: Readonly<Record<string, string>>) =>
    Object.entries(environment)
      .filter(([name]) => !NATIVE.test(name))
      .map(([name, value]) => (OF_ONE_RUN.test(name) ? name : `${name}=${value}`))
      .sort();
  assert.equal(shown(ours), shown(step.env ?? {}), `environment of ${step.conn}`);
  stage.compared++;
}

export async function executorSends(stage: Stage, step: Step): Promise<void> {
  if (step.what === 'close') {
    stage.exchanges.get(step.conn)?.close();
    return;
  }
  if (step.what === 'head') stage.heads.set(step.conn, step);
  const next = stage.scenario.steps
    .slice(stage.scenario.steps.indexOf(step) + 1)
    .find(({ conn }) => conn === step.conn);
  if (step.what === 'head' && next?.dir === 'send' && next.what === 'body') return;
  const head = stage.heads.get(step.conn);
  if (!head) return;
  if (stage.isDown) await stage.restart();
  const isProtobuf = head.headers?.some(([, value]) => value === 'application/x-protobuf') ?? false;
  if (isProtobuf) stage.inProtobuf.add(step.conn);
  const body = step.what === 'body' ? bytesOf(step) : Buffer.alloc(0);
  const headers = (head.headers ?? []).map(
    ([name, value]) => `${name}: ${name === 'Content-Length' ? body.length : value}`,
  );
  stage.exchanges.set(
    step.conn,
    rawRequest(stage.r.agent().port, [head.start, ...headers].join('\r\n'), body),
  );
}

export async function executorReceives(stage: Stage, step: Step): Promise<void> {
  const exchange = stage.exchanges.get(step.conn);
  if (!exchange) return;
  const where = `${step.conn} at ${step.t} s`;
  stage.compared++;
  if (step.what === 'close') {
    await eventually(() => exchange.closed || undefined, `close of ${where}`);
    assert.not.ok(exchange.complete, `${where}: no last chunk`);
  } else if (step.what === 'head') {
    const head = await eventually(() => exchange.head, `head of ${where}`);
    assert.is(head.start, step.start, where);
    assert.equal(comparableHeaders(head.headers), comparableHeaders(step.headers), where);
  } else if (step.lastChunk) {
    await eventually(() => exchange.complete || undefined, `last chunk of ${where}`);
    assert.equal(exchange.chunks.map(String), [], where);
  } else {
    const chunk = await eventually(
      () => takeRecord(stage, step, exchange),
      `${step.what} of ${where}: ${JSON.stringify(step.json ?? step.text)}`,
    );
    if (step.what === 'body' && step.text !== undefined) assert.is(chunk.toString(), step.text, where);
    else compareRecord(stage, step, chunk, where);
  }
}

/** Confirmations of updates that were sent side by side come in any order; everything else in that of the recording. */
function takeRecord(stage: Stage, step: Step, { chunks }: RawExchange): Buffer | undefined {
  if (step.what !== 'record') return chunks.shift();
  const { type, acknowledged } = step.json as ExecutorEvent;
  const index = chunks.findIndex((chunk) => {
    const event = eventIn(stage, step, chunk);
    return type === 'ACKNOWLEDGED'
      ? event.acknowledged?.uuid === acknowledged?.uuid
      : event.type !== 'ACKNOWLEDGED';
  });
  return index < 0 ? undefined : chunks.splice(index, 1)[0];
}

function eventIn(stage: Stage, step: Step, chunk: Buffer): ExecutorEvent {
  const bytes = chunk.subarray(chunk.indexOf('\n') + 1);
  return stage.inProtobuf.has(step.conn)
    ? parseProtobuf('ExecutorEvent', bytes)
    : (JSON.parse(bytes.toString()) as ExecutorEvent);
}

function compareRecord(stage: Stage, step: Step, chunk: Buffer, where: string): void {
  const line = chunk.indexOf('\n');
  assert.is(Number(chunk.subarray(0, line)), chunk.length - line - 1, `${where}: one record a chunk`);
  const text = toJson('ExecutorEvent', eventIn(stage, step, chunk));
  const wanted = toJson('ExecutorEvent', parseJson('ExecutorEvent', JSON.stringify(step.json)));
  assert.equal(comparable(JSON.parse(stage.there(text))), comparable(JSON.parse(wanted)), where);
}
