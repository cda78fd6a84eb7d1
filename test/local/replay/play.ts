/**
 * Plays a whole recorded conversation against the embedded cluster: what schedulers, executors and operators sent goes
 * over real sockets to the master and the agents, what happened to processes happens to ours, and what was recorded as
 * received must come, in status, head, order and content. Longer than most: a recording has many kinds of steps.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  encodeRecord,
  type MessageName,
  parseJson,
  parseProtobuf,
  toProtobuf,
} from '../../../src/mesos/index.ts';
import { bytesOf, type Scenario, type Step, withNumbers } from '../../mesos/transcript.ts';
import { type Bindings, bindings } from './bindings.ts';
import { compare } from './compare.ts';
import { direct, Mismatch } from './events.ts';
import { unpackBytes } from './raw-bytes.ts';
import { executorsOfTasks, type Json, launchedOf, mayChange, phaseOf, uuidOf, wallOf } from './reading.ts';
import { stage } from './stage.ts';
import { type Arrival, type Wire, wire } from './wire.ts';

export interface Recording extends Scenario {
  readonly mesos: { readonly masterFlags: readonly string[]; readonly agentFlags: readonly string[] };
}

/** What a scenario is allowed to differ in. */
export interface Allowance {
  /** Amounts in offers that depend on how fast processes ended. */
  readonly offersByTime?: boolean;
  /** Whether an update comes again depends on which of two calls the recorded agent saw before its end. */
  readonly repeatsByTime?: boolean;
  /** Steps, by their number, that are not looked at. */
  readonly unchecked?: readonly number[];
  /** Connections that are left out: what they show is not reproduced. */
  readonly without?: readonly string[];
}

/** What came of a scenario. */
export interface Outcome {
  /** Steps of the recording that were looked for and found. */
  readonly compared: number;
}

interface Api {
  readonly call: MessageName;
  readonly event: MessageName;
}

interface Connection {
  readonly wire: Wire;
  api: Api | undefined;
  /** Whether records are protobuf. */
  binary: boolean;
  /** Records by position in `arrivals` that are matched. */
  readonly seen: Set<Arrival>;
}

/** How long, in the machine's time, something may take that processes and sockets do. */
const PATIENCE_MS = 4_000;
/** The same for what need not come. */
const SHORT_PATIENCE_MS = 600;
/** How far beyond the recorded time the clock may go while something is awaited. */
const SLACK_MS = 450;
const TICK_MS = 20;
/** A jump of the clock before which commands get some of the machine's time, and how much. */
const LONG_SECONDS = 2;
const COMMAND_MS = 400;

const apiOf = (path: string): Api | undefined => {
  if (/\/api\/v1\/scheduler\/?(\?.*)?$/.test(path)) return { call: 'SchedulerCall', event: 'SchedulerEvent' };
  if (/\/api\/v1\/executor$/.test(path)) return { call: 'ExecutorCall', event: 'ExecutorEvent' };
  return undefined;
};

const settle = async () => {
  for (let turn = 0; turn < 4; turn++) await new Promise((done) => setImmediate(done));
};

/** Plays one recording. @throws Error that names the step and what was wrong with it. */
export async function play(recording: Recording, allowance: Allowance = {}): Promise<Outcome> {
  const steps = unpackBytes(recording.steps).filter(({ conn }) => !allowance.without?.includes(conn));
  const { masterFlags, agentFlags } = recording.mesos;
  const intervalText = masterFlags.find((flag) => flag.startsWith('--allocation_interval='));
  const intervalMs = intervalText?.endsWith('=200ms') ? 200 : 1_000;
  const needed = agentsNeeded(recording, steps);
  const set = await stage(
    { master: masterFlags, agent: agentFlags },
    needed,
    phaseOf(steps, intervalMs),
    wallOf(steps),
  );
  const ids = bindings();
  const executors = executorsOfTasks(steps);
  const connections = new Map<string, Connection>();
  /** Connections whose names were used again. */
  const former: [string, Connection][] = [];
  /** Uuids of updates that came. */
  const repeated = new Set<string | undefined>();
  let compared = 0;
  let wake = () => {};
  const onArrival = () => wake();
  const startMs = set.clock.monotonicMs();
  const nowT = () => (set.clock.monotonicMs() - startMs) / 1000;

  const runsCommands = steps.some((step) => launchedOf(step).some(({ command }) => command !== undefined));
  const advanceTo = async (t: number) => {
    await settle();
    // Commands are real processes: they get time to end before much of ours passes.
    if (runsCommands && t - nowT() > LONG_SECONDS) await pause(COMMAND_MS);
    while (nowT() < t - 0.0005) {
      set.clock.advance(Math.min(TICK_MS, (t - nowT()) * 1000));
      await settle();
    }
  };
  /** Waits until `look` finds something, first in the machine's time, then also in the cluster's. */
  const until = async <T>(
    t: number,
    look: () => T | undefined,
    patienceMs = PATIENCE_MS,
  ): Promise<T | undefined> => {
    await settle();
    let found = look();
    if (found !== undefined) return found;
    await advanceTo(t);
    const endMs = performance.now() + patienceMs;
    const limitT = Math.max(t, nowT()) + SLACK_MS / 1000;
    for (let round = 0; ; round++) {
      found = look();
      if (found !== undefined || performance.now() > endMs) return found;
      await Promise.race([
        new Promise<void>((done) => {
          wake = done;
        }),
        pause(10),
      ]);
      if (round > 1 && nowT() < limitT) {
        set.clock.advance(TICK_MS);
        await settle();
      }
    }
  };

  const here = (text: string) => ids.translate(text).replaceAll('$EXEC_DIR', set.execDir);
  const hereJson = <T>(value: T): T => JSON.parse(here(JSON.stringify(value))) as T;

  const eventOf = (connection: Connection, arrival: Extract<Arrival, { kind: 'chunk' }>): Json => {
    const line = arrival.bytes.indexOf('\n');
    const record = arrival.bytes.subarray(line + 1);
    if (!encodeRecord(record).equals(arrival.bytes))
      throw new Mismatch(`a chunk is not one record: ${arrival.bytes.toString('latin1').slice(0, 80)}`);
    return connection.binary && connection.api
      ? (parseProtobuf(connection.api.event, record) as Json)
      : (JSON.parse(record.toString()) as Json);
  };

  const connectionFor = (conn: string, head: Step): Connection => {
    const old = connections.get(conn);
    if (old && !old.wire.isClosed() && !old.wire.isStreaming()) return old;
    if (old) former.push([conn, old]);
    const host = head.headers?.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
    const port = set.port(Number(host.split(':')[1] ?? 5050));
    const made: Connection = {
      wire: wire(port, onArrival),
      api: undefined,
      binary: false,
      seen: new Set(),
    };
    connections.set(conn, made);
    return made;
  };

  const bodyBytes = (
    body: Step | undefined,
    api: Api | undefined,
    contentType: string | undefined,
  ): Buffer => {
    if (!body) return Buffer.alloc(0);
    if (
      body.json !== undefined &&
      body.base64 !== undefined &&
      api &&
      contentType === 'application/x-protobuf'
    )
      return toProtobuf(api.call, parseJson(api.call, JSON.stringify(hereJson(body.json))));
    if (body.json !== undefined && body.base64 === undefined) {
      const text = body.raw ?? JSON.stringify(body.json);
      return Buffer.from(here(text));
    }
    if (body.base64 !== undefined) return Buffer.from(here(bytesOf(body).toString('latin1')), 'latin1');
    return Buffer.from(here(bytesOf(body).toString('utf8')));
  };

  const send = (index: number) => {
    const head = steps[index] as Step;
    const [method = '', path = '', version = ''] = (head.start ?? '').split(' ');
    const rest = steps.slice(index + 1).find((step) => step.conn === head.conn);
    const body = rest?.dir === 'send' && rest.what === 'body' ? rest : undefined;
    const connection = connectionFor(head.conn, head);
    connection.api = apiOf(path);
    const given = new Map((head.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));
    connection.binary = given.get('accept') === 'application/x-protobuf';
    const bytes = bodyBytes(body, connection.api, given.get('content-type'));
    const lines = (head.headers ?? []).map(([name, value]) => {
      if (name.toLowerCase() === 'content-length') return `${name}: ${bytes.length}`;
      if (name.toLowerCase() === 'mesos-stream-id') return `${name}: ${streamId(value, ids)}`;
      return `${name}: ${value}`;
    });
    const text = `${method} ${here(path)} ${version}\r\n${lines.join('\r\n')}\r\n\r\n`;
    connection.wire.send(method, Buffer.concat([Buffer.from(text, 'latin1'), bytes]));
  };

  const nextOf = (connection: Connection | undefined, kinds: readonly Arrival['kind'][]) =>
    connection?.wire.arrivals.find(
      (arrival) => !connection.seen.has(arrival) && kinds.includes(arrival.kind),
    );

  const checkHead = (step: Step, arrival: Extract<Arrival, { kind: 'head' }>): string | undefined => {
    if (arrival.start !== step.start) return `expected ${step.start}, got ${arrival.start}`;
    const names = (headers: readonly (readonly [string, string])[]) =>
      headers.map(([name]) => name).join(', ');
    if (names(step.headers ?? []) !== names(arrival.headers))
      return `expected headers ${names(step.headers ?? [])}, got ${names(arrival.headers)}`;
    for (const [name, value] of step.headers ?? []) {
      const ours = arrival.headers.find(([key]) => key === name)?.[1] ?? '';
      if (name === 'Date' || name === 'Content-Length') continue;
      if (name === 'Mesos-Stream-Id') {
        ids.bind(value, ours);
        ids.bind(value.toUpperCase(), ours.toUpperCase());
      } else if (name === 'Location') {
        const expected = value.replace(/:(\d+)/, (_, port) => `:${set.port(Number(port))}`);
        if (expected !== ours) return `${name}: expected ${expected}, got ${ours}`;
      } else if (value !== ours) return `${name}: expected ${value}, got ${ours}`;
    }
    return undefined;
  };

  const checkBody = (step: Step, bytes: Buffer): string | undefined => {
    if (step.text !== undefined) {
      // Whole numbers have a fraction in Mesos' JSON.
      const expected = here(step.text).replace(/(\d)\.0(?=[,}])/g, '$1');
      const ours = bytes.toString('utf8').replace(/(\d)\.0(?=[,}])/g, '$1');
      return expected === ours
        ? undefined
        : `expected ${JSON.stringify(expected)}, got ${JSON.stringify(ours)}`;
    }
    if (step.json === undefined) return undefined;
    return compare(hereExec(step.json), JSON.parse(bytes.toString('utf8')), '', '', ids);
  };
  const hereExec = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll('$EXEC_DIR', set.execDir)
        .replace(/@127\.0\.0\.1:(\d+)/g, (_, port) => `@127.0.0.1:${set.port(Number(port))}`),
    );

  const findRecord = (connection: Connection, expected: Json): string | true => {
    let fault = 'nothing came';
    const passed: Json[] = [];
    for (const arrival of connection.wire.arrivals) {
      if (arrival.kind !== 'chunk' || connection.seen.has(arrival)) continue;
      const event = eventOf(connection, arrival);
      const why = event.type === expected.type ? compare(expected, event, '', '', ids) : undefined;
      if (event.type === expected.type && why === undefined) {
        const blocked = passed.find((earlier) => !mayChange(earlier, expected, executors));
        if (blocked) return `came after ${JSON.stringify(blocked)}`;
        connection.seen.add(arrival);
        return true;
      }
      if (why !== undefined) fault = why;
      passed.push(event);
    }
    return fault;
  };

  /** Takes offers for the same agents, if any, whatever their amounts are. */
  const takeOffers = (connection: Connection | undefined, expected: Json): void => {
    const agentsOf = (event: Json) =>
      (event.offers as { offers: { id: { value: string }; agent_id: { value: string } }[] }).offers;
    for (const arrival of connection?.wire.arrivals ?? []) {
      if (!connection || arrival.kind !== 'chunk' || connection.seen.has(arrival)) continue;
      const event = eventOf(connection, arrival);
      if (event.type !== 'OFFERS' || agentsOf(event).length !== agentsOf(expected).length) continue;
      connection.seen.add(arrival);
      agentsOf(expected).forEach(({ id, agent_id }) => {
        const mine = agentsOf(event).find((offer) => offer.agent_id.value === ids.get(agent_id.value));
        if (mine) ids.bind(id.value, mine.id.value);
      });
      return;
    }
  };

  const receive = async (step: Step): Promise<string | undefined> => {
    const look = () => connections.get(step.conn);
    if (step.what === 'record') {
      const api = look()?.api;
      const json = (api && step.base64 !== undefined ? withNumbers(api.event, step.json) : step.json) as Json;
      const expected = hereExec(json) as Json;
      let why = '';
      const mayMiss =
        (allowance.offersByTime && expected.type === 'OFFERS') ||
        (allowance.repeatsByTime && repeated.has(uuidOf(expected)));
      const found = await until(
        step.t,
        () => {
          const older = former.filter(([conn]) => conn === step.conn).map(([, connection]) => connection);
          for (const connection of [look(), ...older]) {
            const result = connection ? findRecord(connection, expected) : 'no connection';
            if (result === true) return true;
            if (why === '' || connection === look()) why = result;
          }
          return undefined;
        },
        mayMiss ? SHORT_PATIENCE_MS : PATIENCE_MS,
      );
      if (found) {
        repeated.add(uuidOf(expected));
        return undefined;
      }
      if (allowance.repeatsByTime && repeated.has(uuidOf(expected))) return undefined;
      if (allowance.offersByTime && expected.type === 'OFFERS') {
        takeOffers(look(), expected);
        return undefined;
      }
      return `${JSON.stringify(expected).slice(0, 700)}\n    ${why}`;
    }
    const kinds: Arrival['kind'][] =
      step.what === 'head'
        ? ['head']
        : step.what === 'close'
          ? ['close']
          : step.lastChunk
            ? ['lastChunk']
            : ['body'];
    const arrival = await until(step.t, () => nextOf(look(), kinds));
    if (!arrival) return `no ${kinds[0]} came`;
    look()?.seen.add(arrival);
    if (arrival.kind === 'head') return checkHead(step, arrival);
    if (arrival.kind === 'body') return checkBody(step, arrival.bytes);
    return undefined;
  };

  const problems: string[] = [];
  try {
    for (const [index, step] of steps.entries()) {
      if (step.dir === 'send' && step.what === 'head') {
        await advanceTo(step.t);
        send(index);
        await settle();
      } else if (step.dir === 'send' && step.what === 'close') {
        await advanceTo(step.t);
        connections.get(step.conn)?.wire.close();
        await settle();
      } else if (step.dir === 'recv') {
        if (step.what === 'body' && step.len === 0 && !step.lastChunk) continue;
        if (allowance.unchecked?.includes(index)) continue;
        if ((step.json as Json | undefined)?.type === 'AGENT_ADDED') await set.addAgent();
        const fault = await receive(step);
        if (fault) throw new Mismatch(`step ${index} (${step.conn}, t=${step.t}): ${fault}`);
        compared++;
      } else if (step.dir === 'ctl' && step.what === 'event') {
        await advanceTo(step.t);
        await direct(set, steps, step, until);
      }
    }
    if (!allowance.repeatsByTime) problems.push(...leftOver([...former, ...connections], eventOf));
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    problems.push(
      error.message,
      ...leftOver([...former, ...connections], eventOf).map((text) => `unmatched: ${text}`),
    );
  } finally {
    for (const [, { wire: open }] of [...former, ...connections]) open.close();
    await set.close();
  }
  if (problems.length > 0) throw new Error(`${recording.id}: ${problems.join('\n  ')}`);
  return { compared };
}

/** Updates, failures and errors that came although nothing like them was recorded. */
function leftOver(
  connections: readonly (readonly [string, Connection])[],
  eventOf: (connection: Connection, arrival: Extract<Arrival, { kind: 'chunk' }>) => Json,
): string[] {
  const loose = new Set(['HEARTBEAT', 'OFFERS', 'ACKNOWLEDGED', 'SHUTDOWN']);
  return connections.flatMap(([conn, connection]) =>
    connection.wire.arrivals.flatMap((arrival) => {
      if (arrival.kind !== 'chunk' || connection.seen.has(arrival)) return [];
      const event = eventOf(connection, arrival);
      return loose.has(String(event.type))
        ? []
        : [`${conn}: not in the recording: ${JSON.stringify(event).slice(0, 400)}`];
    }),
  );
}

/** A stream id in a call: ours for a recorded one. */
const streamId = (recorded: string, ids: Bindings): string => ids.get(recorded) ?? recorded;

/** Agents at the start: two when the first offers name two. */
function agentsNeeded(recording: Recording, steps: readonly Step[]): number {
  if (recording.id === 'oper-05-master-subscribe') return 0;
  return JSON.stringify(steps.slice(0, 12)).includes('-S1"') ? 2 : 1;
}
