/**
 * Plays a recorded conversation against our agent: what the executors sent goes to it over sockets, what the scheduler
 * sent comes to it as the master's calls, with the recorded ids; what the recording received must come from it.
 * Records of one connection come in the recorded order, over several connections in any. Steps that only a
 * master answers are left out. Long because a recording has many kinds of steps.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseDurationMs } from '../../../src/base/amounts.ts';
import { isRunning, type ProcessIdentity } from '../../../src/local/agent/process-tree.ts';
import type { AgentLink } from '../../../src/local/link.ts';
import {
  type ExecutorEvent,
  type FrameworkInfo,
  parseJson,
  parseProtobuf,
  type SchedulerCall,
  type SchedulerEvent,
  type TaskInfo,
  toJson,
} from '../../../src/mesos/index.ts';
import { assert } from '../../harness/index.ts';
import { bytesOf, type Scenario, type Step } from '../../mesos/transcript.ts';
import { compareAnswer } from './operator-answers.ts';
import { type RawExchange, rawRequest } from './raw-http.ts';
import { eventually, type MasterCall, manualRig } from './rig.ts';

/** Stands still until it is told how to end; runs where an executor would. */
const IDLE_EXECUTOR = `#!/bin/sh
mkfifo end
read how <end
[ "$how" = kill ] && kill -9 $$
exit "$how"
`;

type Json = Record<string, unknown>;

const jsonOf = (step: Step): Json => (step.json ?? {}) as Json;

/** Makes two recordings of the same thing equal: ids, pids, ports and times of one run mean nothing in another. */
function comparable(value: unknown, madeByAgent = false): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item, madeByAgent));
  if (value === null || typeof value !== 'object') return value;
  const source = value as Json;
  const own = madeByAgent || (source.source !== undefined && source.executor_id !== undefined);
  return Object.fromEntries(
    Object.entries(source)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, item]): [string, unknown][] => {
        if (name === 'container_id') return [[name, 'container']];
        if (name === 'port') return [[name, 0]];
        if (name === 'executor_pid') return [];
        if (name === 'timestamp' && (item as number) > 1e9) return [];
        if (name === 'uuid' && own) return [];
        if (name === 'message' && typeof item === 'string')
          return [[name, item.replace(/container '[^']*'/, 'container')]];
        // A process below a shell that was killed: some shells replace themselves by their last command.
        if (name === 'status' && item === 35072) return [[name, 9]];
        return [[name, comparable(item, own)]];
      }),
  );
}

const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));

function startOptions(flags: readonly string[]) {
  const ms = (name: string) => {
    const flag = flags.find((text) => text.startsWith(`--${name}=`));
    return flag && parseDurationMs(flag.slice(name.length + 3));
  };
  const registration = ms('executor_registration_timeout');
  const grace = ms('executor_shutdown_grace_period');
  return {
    ...(registration && { executorRegistrationTimeoutMs: registration }),
    ...(grace && { executorShutdownGracePeriodMs: grace }),
  };
}

/** The first value of that member anywhere in the scenario's JSON. */
function findMember(scenario: Scenario, name: string): unknown {
  const look = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return undefined;
    if (name in value) return (value as Json)[name];
    for (const item of Object.values(value)) {
      const found = look(item);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(scenario.steps.map(({ json }) => json));
}

/** The checkpointed processes of the executor that has this pipe in its sandbox. */
function leadersOf(pipe: string): ProcessIdentity[] {
  const runs = join(dirname(dirname(pipe)).replace('/slaves/', '/meta/slaves/'));
  if (!existsSync(runs)) return [];
  return readdirSync(runs).map(
    (run) => JSON.parse(readFileSync(join(runs, run, 'process.json'), 'utf8')).leader,
  );
}

/** Runs one scenario; returns the number of steps that were compared. */
export async function replay(
  scenario: Scenario & { readonly mesos?: { readonly agentFlags?: readonly string[] } },
): Promise<number> {
  const execDir = mkdtempSync(join(tmpdir(), 'aurora-exec-'));
  writeFileSync(join(execDir, 'custom-executor'), IDLE_EXECUTOR, { mode: 0o755 });
  writeFileSync(join(execDir, 'file.txt'), 'text\n');
  mkdirSync(join(execDir, 'd'));
  writeFileSync(join(execDir, 'd/x'), 'text\n');
  execFileSync('tar', ['-C', execDir, '-czf', join(execDir, 'a.tgz'), 'd']);
  const here = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll('$EXEC_DIR', execDir).replaceAll('$MESOSHOME', execDir)) as T;

  const frameworks = new Map<string, FrameworkInfo>();
  const waiting: ((link: AgentLink) => void)[] = [];
  const agentInfo = findMember(scenario, 'agent_info') as { attributes?: never } | undefined;
  const r = await manualRig({
    agentId: (findMember(scenario, 'agent_id') as { value: string }).value,
    attributes: agentInfo?.attributes ?? [],
    ...startOptions(scenario.mesos?.agentFlags ?? []),
    /** The master says who the frameworks are and hands over what it kept. */
    afterReregistration(link) {
      for (const framework of frameworks.values()) link.frameworkUpdated({ framework });
      for (const call of waiting.splice(0)) call(link);
    },
  });
  const there = (text: string) => {
    let result = text.replaceAll(execDir, '$EXEC_DIR').replaceAll(realWorkDir, '$WORK_DIR');
    for (const [recorded, actual] of containers) result = result.replaceAll(actual, recorded);
    return result;
  };
  /** Names of the recorded run turned into those of ours. */
  const inPlace = (text: string) => {
    let result = text.replaceAll('$WORK_DIR', realWorkDir);
    for (const [recorded, actual] of containers) result = result.replaceAll(recorded, actual);
    return result;
  };
  const realWorkDir = realpathSync(r.workDir);
  const exchanges = new Map<string, RawExchange>();
  const heads = new Map<string, Step>();
  const formats = new Map<string, boolean>();
  const uuids = new Map<string, string>();
  const matched = new Set<string>();
  const containers = new Map<string, string>();
  let isDown = false;
  let compared = 0;

  const tell = (call: (link: AgentLink) => void) => (isDown ? waiting.push(call) : call(r.link()));
  const restart = async (recover: 'reconnect' | 'cleanup' = 'reconnect') => {
    if (!isDown) return;
    isDown = false;
    await r.start({ recover });
  };
  const executorsOfConnection = (conn: string): string => {
    if (conn.startsWith('exec-')) return conn.slice(5).replace(/[.#].*$/, '');
    const subscribe = scenario.steps.find(
      (step) => step.conn === conn && (step.json as Json | undefined)?.type === 'SUBSCRIBE',
    );
    return (
      ((subscribe?.json as Json | undefined)?.executor_id as { value: string } | undefined)?.value ?? 'ex'
    );
  };
  const pipeOf = (executorId: string): string | undefined =>
    [...frameworks.keys()]
      .map((id) =>
        join(
          r.workDir,
          'slaves',
          r.agent().agentId() ?? '',
          'frameworks',
          id,
          'executors',
          executorId,
          'runs/latest/end',
        ),
      )
      .find((path) => existsSync(path));
  const endExecutor = async (executorId: string, how: string) => {
    const path = await eventually(() => pipeOf(executorId), `executor ${executorId}`);
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
    for (const leader of isDown ? leadersOf(path) : [])
      await eventually(() => !isRunning(leader) || undefined, `end of executor ${executorId}`);
  };

  function accept(framework: FrameworkInfo, call: SchedulerCall): void {
    const role = framework.roles?.[0] ?? framework.role ?? '*';
    const allocated = (resources: TaskInfo['resources']) =>
      (resources ?? []).map((resource) => ({ ...resource, allocation_info: { role } }));
    const tasks = (call.accept?.operations ?? [])
      .flatMap(({ launch }) => launch?.task_infos ?? [])
      .map((task) => ({
        ...task,
        resources: allocated(task.resources),
        ...(task.executor && {
          executor: { ...task.executor, resources: allocated(task.executor.resources) },
        }),
      }));
    if (tasks.length > 0) tell((link) => link.runTasks({ framework, tasks }));
  }

  function scheduler(step: Step): void {
    const raw = step.base64 !== undefined ? parseProtobuf('SchedulerCall', bytesOf(step)) : jsonOf(step);
    let call: SchedulerCall;
    try {
      call = here(parseJson('SchedulerCall', JSON.stringify(raw)));
    } catch {
      return; // The master refuses it.
    }
    const elsewhere = call.kill?.agent_id ?? call.message?.agent_id ?? call.shutdown?.agent_id;
    if (elsewhere !== undefined && elsewhere.value !== r.agent().agentId()) return;
    const frameworkId = call.framework_id?.value ?? '';
    const framework = frameworks.get(frameworkId);
    if (!framework) return;
    const taskId = (call.kill ?? call.acknowledge)?.task_id.value ?? '';
    switch (call.type) {
      case 'ACCEPT':
        accept(framework, call);
        break;
      case 'ACKNOWLEDGE': {
        const recorded = call.acknowledge?.uuid ?? '';
        const uuid = uuids.get(recorded) ?? recorded;
        if (call.acknowledge?.agent_id.value === r.agent().agentId())
          tell((link) => link.acknowledgeUpdate({ frameworkId, taskId, uuid }));
        break;
      }
      case 'KILL': {
        const policy = call.kill?.kill_policy;
        tell((link) => link.killTask({ frameworkId, taskId, ...(policy && { killPolicy: policy }) }));
        break;
      }
      case 'MESSAGE': {
        const executorId = call.message?.executor_id.value ?? '';
        tell((link) => link.frameworkMessage({ frameworkId, executorId, data: call.message?.data ?? '' }));
        break;
      }
      case 'SHUTDOWN': {
        const executorId = call.shutdown?.executor_id.value ?? '';
        tell((link) => link.shutdownExecutor({ frameworkId, executorId }));
        break;
      }
      case 'TEARDOWN':
        tell((link) => link.shutdownFramework({ frameworkId }));
        break;
      default:
    }
  }

  /** The event as the scheduler would get it; undefined for calls that make none. */
  function eventOf({ call, message }: MasterCall): { frameworkId: string; event: Json } | undefined {
    if (call === 'forwardUpdate')
      return {
        frameworkId: message.frameworkId,
        event: { type: 'UPDATE', update: { status: message.status } },
      };
    if (call === 'executorTerminated') {
      const failure = {
        agent_id: { value: message.agentId },
        executor_id: { value: message.executorId },
        status: message.status,
      };
      return { frameworkId: message.frameworkId, event: { type: 'FAILURE', failure } };
    }
    if (call !== 'executorMessage') return undefined;
    const { agentId, executorId, data } = message;
    const event = { agent_id: { value: agentId }, executor_id: { value: executorId }, data };
    return { frameworkId: message.frameworkId, event: { type: 'MESSAGE', message: event } };
  }
  const asWritten = (event: Json): Json =>
    JSON.parse(there(toJson('SchedulerEvent', event as unknown as SchedulerEvent))) as Json;

  async function schedulerReceives(step: Step): Promise<void> {
    const event = jsonOf(step) as unknown as SchedulerEvent;
    if (event.type === 'SUBSCRIBED') {
      const at = scenario.steps.indexOf(step);
      const asked = scenario.steps
        .slice(0, at)
        .findLast(
          (other) => other.conn === step.conn && (other.json as Json | undefined)?.type === 'SUBSCRIBE',
        );
      const call = parseJson('SchedulerCall', JSON.stringify(asked?.json));
      const id = event.subscribed?.framework_id;
      if (call.subscribe && id) frameworks.set(id.value, { ...call.subscribe.framework_info, id });
      return;
    }
    const isOurs =
      (event.type === 'UPDATE' && event.update?.status.source !== 'SOURCE_MASTER') ||
      (event.type === 'FAILURE' && event.failure?.executor_id !== undefined) ||
      event.type === 'MESSAGE';
    if (!isOurs) return;
    const wanted = JSON.parse(toJson('SchedulerEvent', event)) as Json;
    // Pending updates come again when the agent registers again: how many are pending then depends on the moment.
    const isRepeated = event.type === 'UPDATE' && uuids.has(event.update?.status.uuid ?? '');
    if (isRepeated && !r.calls.some((call) => same(asWritten(eventOf(call)?.event ?? {}), wanted))) return;
    const found = await r.take(
      (call) => {
        const mine = eventOf(call);
        return mine !== undefined && same(asWritten(mine.event), wanted);
      },
      JSON.stringify(comparable(wanted)),
    );
    if (found.call === 'forwardUpdate') {
      const { container_status: container } = found.message.status;
      if (container) assert.ok((container.executor_pid ?? 0) > 0);
      matched.add(found.message.status.uuid ?? '');
      const recorded = event.update?.status.container_status?.container_id?.value;
      if (recorded && container?.container_id) containers.set(recorded, container.container_id.value);
      uuids.set(event.update?.status.uuid ?? '', found.message.status.uuid ?? '');
    }
    compared++;
  }

  async function executorSends(step: Step): Promise<void> {
    if (step.what === 'close') {
      exchanges.get(step.conn)?.close();
      return;
    }
    if (step.what === 'head') heads.set(step.conn, step);
    const next = scenario.steps
      .slice(scenario.steps.indexOf(step) + 1)
      .find(({ conn }) => conn === step.conn);
    if (step.what === 'head' && next?.dir === 'send' && next.what === 'body') return;
    const head = heads.get(step.conn);
    if (!head) return;
    if (isDown) await restart();
    const isProtobuf = head.headers?.some(([, value]) => value === 'application/x-protobuf') ?? false;
    formats.set(step.conn, isProtobuf);
    const body = step.what === 'body' ? bytesOf(step) : Buffer.alloc(0);
    const headers = (head.headers ?? []).map(
      ([name, value]) => `${name}: ${name === 'Content-Length' ? body.length : value}`,
    );
    exchanges.set(step.conn, rawRequest(r.agent().port, [head.start, ...headers].join('\r\n'), body));
  }

  /** A request of an operator, each on a connection of its own, and its answer. */
  async function operator(step: Step, at: number): Promise<void> {
    if (step.dir === 'send' && step.what === 'head') {
      const body = scenario.steps[at + 1];
      const hasBody = body?.dir === 'send' && body.what === 'body';
      const bytes = hasBody ? Buffer.from(inPlace(JSON.stringify(body.json))) : Buffer.alloc(0);
      const headers = (step.headers ?? []).map(
        ([name, value]) => `${name}: ${name === 'Content-Length' ? bytes.length : value}`,
      );
      const head = inPlace([step.start, ...headers].join('\r\n'));
      heads.set(step.conn, step);
      exchanges.set(step.conn, rawRequest(r.agent().port, head, bytes));
    }
    const exchange = exchanges.get(step.conn);
    if (step.dir !== 'recv' || !exchange || step.what === 'close') return;
    const path = heads.get(step.conn)?.start?.split(' ')[1] ?? '';
    await eventually(() => exchange.complete || undefined, `answer to ${path}`);
    compared++;
    if (step.what === 'head') {
      const names = (headers: readonly (readonly [string, string])[]) =>
        headers.map(([name, value]) => (/^(date|content-length)$/i.test(name) ? name : `${name}: ${value}`));
      assert.is(exchange.head?.start, step.start, path);
      assert.equal(names(exchange.head?.headers ?? []), names(step.headers ?? []), path);
    } else if (step.base64 === undefined) await agree(step, exchange, path);
  }

  /** The answer is the recorded one; asked again for a while, as a command may still be at its work. */
  async function agree(step: Step, exchange: RawExchange, path: string): Promise<void> {
    const untilMs = performance.now() + 3_000;
    for (let latest = exchange; ; ) {
      try {
        compareAnswer(step, there(Buffer.concat(latest.chunks).toString()), path);
        return;
      } catch (error) {
        if (performance.now() > untilMs) throw error;
      }
      const again = latest.repeat();
      await eventually(() => again.complete || undefined, `second answer to ${path}`);
      latest = again;
    }
  }

  async function executorReceives(step: Step): Promise<void> {
    const exchange = exchanges.get(step.conn);
    if (!exchange) return;
    const where = `${step.conn} at ${step.t} s`;
    compared++;
    if (step.what === 'close') {
      await eventually(() => exchange.closed || undefined, `close of ${where}`);
      assert.not.ok(exchange.complete, `${where}: no last chunk`);
    } else if (step.what === 'head') {
      const head = await eventually(() => exchange.head, `head of ${where}`);
      assert.is(head.start, step.start, where);
      const told = (headers: readonly (readonly [string, string])[]) =>
        headers.map(([name, value]) => (/^(date|content-length)$/i.test(name) ? name : `${name}: ${value}`));
      assert.equal(told(head.headers), told(step.headers ?? []), where);
    } else if (step.lastChunk) {
      await eventually(() => exchange.complete || undefined, `last chunk of ${where}`);
      assert.equal(exchange.chunks.map(String), [], where);
    } else {
      const chunk = await eventually(
        () => takeRecord(step, exchange),
        `${step.what} of ${where}: ${JSON.stringify(step.json ?? step.text)}`,
      );
      if (step.what === 'body' && step.text !== undefined) assert.is(chunk.toString(), step.text, where);
      else compareRecord(step, chunk, where);
    }
  }

  /** Confirmations of updates that were sent side by side come in any order; everything else in that of the recording. */
  function takeRecord(step: Step, { chunks }: RawExchange): Buffer | undefined {
    if (step.what !== 'record') return chunks.shift();
    const { type, acknowledged } = step.json as ExecutorEvent;
    const index = chunks.findIndex((chunk) => {
      const event = eventIn(step, chunk);
      return type === 'ACKNOWLEDGED'
        ? event.acknowledged?.uuid === acknowledged?.uuid
        : event.type !== 'ACKNOWLEDGED';
    });
    return index < 0 ? undefined : chunks.splice(index, 1)[0];
  }

  function eventIn(step: Step, chunk: Buffer): ExecutorEvent {
    const bytes = chunk.subarray(chunk.indexOf('\n') + 1);
    return formats.get(step.conn)
      ? parseProtobuf('ExecutorEvent', bytes)
      : (JSON.parse(bytes.toString()) as ExecutorEvent);
  }

  function compareRecord(step: Step, chunk: Buffer, where: string): void {
    const line = chunk.indexOf('\n');
    assert.is(Number(chunk.subarray(0, line)), chunk.length - line - 1, `${where}: one record a chunk`);
    const text = toJson('ExecutorEvent', eventIn(step, chunk));
    const wanted = toJson('ExecutorEvent', parseJson('ExecutorEvent', JSON.stringify(step.json)));
    assert.equal(comparable(JSON.parse(there(text))), comparable(JSON.parse(wanted)), where);
  }

  async function outside(step: Step): Promise<void> {
    const text = step.text ?? '';
    const exit = /executor exits with status (\d+)/.exec(text);
    const killed = /executor "?([\w-]+)"? gets SIGKILL/.exec(text);
    if (/agent process gets SIG(KILL|TERM)/.test(text)) {
      await r.crash();
      isDown = true;
    } else if (text === 'agent process started again') await restart();
    else if (text === 'started with --recover=cleanup') await restart('cleanup');
    else if (exit) await endExecutor(executorsOfConnection(step.conn), exit[1] as string);
    else if (killed) await endExecutor(killed[1] as string, 'kill');
    else if (text === 'executor process started')
      await eventually(() => pipeOf(executorsOfConnection(step.conn)), `${step.conn} starts`);
    else if (text.startsWith('executor closes its subscription')) exchanges.get(step.conn)?.close();
  }

  /** Executors that do not end by themselves are killed when their grace periods are over. */
  const tearDown = async () => {
    for (const { close } of exchanges.values()) close();
    const time = setInterval(() => r.clock.advance(60_000), 10);
    await restart();
    await r.close();
    clearInterval(time);
    rmSync(execDir, { recursive: true, force: true });
  };

  let lastMs = 0;
  const play = async () => {
    for (const [at, step] of scenario.steps.entries()) {
      const nowMs = Math.round(step.t * 1000);
      r.clock.advance(Math.max(0, nowMs - lastMs));
      lastMs = Math.max(lastMs, nowMs);
      if (step.dir === 'ctl') await outside(step);
      else if (/^agent(-v1)?$/.test(step.conn)) await operator(step, at);
      else if (step.conn.startsWith('sched')) {
        if (step.dir === 'send' && step.what === 'body') scheduler(step);
        if (step.dir === 'recv' && step.what === 'record') await schedulerReceives(step);
      } else if (step.conn.startsWith('exec')) {
        if (step.dir === 'send') await executorSends(step);
        else await executorReceives(step);
      }
    }
  };
  try {
    await play();
    assert.equal(
      r.calls.filter(
        ({ call, message }) => call === 'forwardUpdate' && !matched.has(message.status.uuid ?? ''),
      ),
      [],
      'updates that were not recorded',
    );
  } finally {
    await tearDown();
  }
  return compared;
}
