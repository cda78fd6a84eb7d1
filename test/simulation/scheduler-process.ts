import { deflateRawSync } from 'node:zlib';
import {
  type CallArgs,
  type CallName,
  callOf,
  decodeMessage,
  encodeMessage,
  type Wire,
} from '../../src/api/index.ts';
import { messageOf } from '../../src/base/errors.ts';
import type { Logger } from '../../src/base/log.ts';
import type { SchedulerDriver, SchedulerDriverOptions } from '../../src/mesos/index.ts';
import { unclaimed } from '../../src/proc/directory-claim.ts';
import { startScheduler } from '../../src/scheduler/app.ts';
import { parseSchedulerFlags } from '../../src/scheduler/flags/parse.ts';
import type { HttpServer, serveHttp } from '../../src/scheduler/http/server.ts';
import { openLocalLog } from '../../src/scheduler/storage/index.ts';
import type { SimulatedDisk } from './disk.ts';
import type { DurableState } from './durable-state.ts';
import { type SimulatedProcess, simulatedProcess } from './process.ts';
import { messageDelayMs, type World } from './world.ts';

/** How a call ended: no response when the scheduler died or was not there, and then it is unknown what came of it. */
export interface Reply {
  readonly response: Wire<'Response'> | undefined;
  /** True when it is certain that the call never reached a scheduler. */
  readonly unheard: boolean;
}

/** Calls the scheduler as clients do, in Thrift over HTTP without the socket. */
export type ApiCall = <M extends CallName>(method: M, args: CallArgs<M>) => Promise<Reply>;

export interface SchedulerHouse {
  /** A call over the network. */
  readonly call: ApiCall;
  /** A call from beside the scheduler, which takes no time on the way. */
  readonly callLocally: ApiCall;
  start(): void;
  /** Kills the scheduler (now, or before its act after the next `acts`) and starts it again after so long. */
  kill(power: 'kept' | 'cut', downMs: number, acts?: number): void;
  /** Stops it in good order; it is started again. */
  stop(): void;
  /** A kill that has not come yet does not come. */
  spare(): void;
  /** Ends it for good, with everything that it waits for. */
  retire(): void;
}

export interface SchedulerHouseOptions {
  readonly world: World;
  readonly seed: number;
  readonly flags: readonly string[];
  readonly disk: SimulatedDisk;
  readonly driverOf: (process: SimulatedProcess) => (options: SchedulerDriverOptions) => SchedulerDriver;
  /** Told what the log surely holds. */
  readonly durable: DurableState;
  violated(what: string): void;
  /** The scheduler answers again, after a recovery from the disk. */
  recovered(): void;
}

const BINARY = 'application/vnd.apache.thrift.binary';
const DIRECTORY = '/data';
/** What a process that fails over and over waits before the next start. */
const RESTART_MS = 2_000;

/** Keeps one scheduler running, life after life, on one disk. */
export function schedulerHouse(options: SchedulerHouseOptions): SchedulerHouse {
  const { world, disk, violated } = options;
  const { time, random, trace } = world;
  let process: SimulatedProcess | undefined;
  let fetchOf: { readonly process: SimulatedProcess; readonly fetch: typeof fetch } | undefined;
  let stopCurrent: (() => Promise<void>) | undefined;
  let lives = 0;
  let retired = false;

  const logger = (owner: SimulatedProcess): Logger => {
    const say = (level: string) => (fields: object, text: string) => {
      if (!owner.alive()) return;
      if (level !== 'debug') trace(owner.name, `${level}: ${text} ${JSON.stringify(fields)}`);
      if (
        /effect of a committed write|a subscriber failed|a round of scheduling/.test(text) &&
        !failedDisk(fields)
      )
        violated(`the scheduler logged: ${text} ${JSON.stringify(fields)}`);
    };
    return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  };
  const failedDisk = (fields: object) => JSON.stringify(fields).includes('EIO');

  const serve =
    (owner: SimulatedProcess): typeof serveHttp =>
    async (app): Promise<HttpServer> => {
      const mine = {
        process: owner,
        fetch: (async (request: Request) => app.fetch(request)) as typeof fetch,
      };
      fetchOf = mine;
      return {
        port: 8081,
        async close() {
          if (fetchOf === mine) fetchOf = undefined;
        },
      };
    };
  const launch = async (owner: SimulatedProcess) => {
    const running = await startScheduler({
      ...parseSchedulerFlags(options.flags),
      hostname: 'scheduler.example.com',
      mesosMaster: 'master.example.com:5050',
      dataDir: DIRECTORY,
      thermosExecutorPath: 'http://files.example.com/executor',
      clock: owner.clock,
      random: owner.random,
      log: logger(owner),
      openLog: async () =>
        options.durable.watched(
          await openLocalLog({
            directory: DIRECTORY,
            logger: logger(owner),
            clock: owner.clock,
            disk: disk.mount(owner),
            claim: unclaimed,
          }),
        ),
      // Threads would bring their own time.
      deflate: async (bytes) => deflateRawSync(bytes),
      backupDisk: disk.mount(owner),
      driver: options.driverOf(owner),
      serve: serve(owner),
    });
    if (!owner.alive()) return;
    stopCurrent = running.stop;
    options.recovered();
    const end = await running.finished;
    if (!owner.alive()) return;
    trace(owner.name, `ends: ${end.reason}`);
    if (end.failed && !/EIO/.test(end.reason)) violated(`the scheduler gave up: ${end.reason}`);
    owner.kill();
    leave('kept', RESTART_MS);
  };
  const leave = (power: 'kept' | 'cut', downMs: number) => {
    fetchOf = undefined;
    stopCurrent = undefined;
    process = undefined;
    disk.crash(power);
    time.after(downMs, start);
  };
  const start = () => {
    if (process || retired) return;
    const owner = simulatedProcess(`scheduler-${++lives}`, options.seed * 1_000 + lives, time);
    process = owner;
    trace(owner.name, 'starts');
    launch(owner).catch((error) => {
      if (!owner.alive()) return;
      if (!/EIO/.test(messageOf(error))) violated(`the scheduler does not start: ${messageOf(error)}`);
      owner.kill();
      leave('kept', RESTART_MS);
    });
  };

  const ask = async <M extends CallName>(method: M, args: CallArgs<M>, far: boolean): Promise<Reply> => {
    const serving = fetchOf;
    if (!serving?.process.act()) return { response: undefined, unheard: true };
    const died = new Promise<undefined>((resolve) => serving.process.onDeath(() => resolve(undefined)));
    const request = new Request('http://scheduler.example.com/api', {
      method: 'POST',
      headers: { 'Content-Type': BINARY, Accept: BINARY },
      body: encodeMessage(callOf(method, args), 'binary') as Uint8Array<ArrayBuffer>,
    });
    const answered = Promise.resolve(serving.fetch(request)).then(async (response) => {
      if (far && !serving.process.act()) return undefined;
      const body = new Uint8Array(await response.arrayBuffer());
      if (response.status === 200) return body;
      violated(`${method} was answered with HTTP ${response.status}: ${Buffer.from(body)}`);
      return undefined;
    });
    const bytes = await Promise.race([died, answered]);
    if (!bytes) return { response: undefined, unheard: false };
    const reply = decodeMessage(bytes, 'binary');
    if (reply.kind !== 'reply') {
      violated(`${method} was answered with ${JSON.stringify(reply)}`);
      return { response: undefined, unheard: false };
    }
    return { response: reply.response, unheard: false };
  };
  const passed = (): Promise<void> =>
    new Promise((resolve) => void time.after(messageDelayMs(random), resolve));

  return {
    call: async (method, args) => {
      await passed();
      const reply = await ask(method, args, true);
      await passed();
      return reply;
    },
    callLocally: (method, args) => ask(method, args, false),
    start,
    kill(power, downMs, acts) {
      const owner = process;
      if (!owner) return;
      owner.onDeath(() => {
        trace(owner.name, `is killed, power ${power}`);
        if (process === owner) leave(power, downMs);
      });
      if (acts === undefined) owner.kill();
      else owner.killAfter(acts);
    },
    stop() {
      if (!process || !stopCurrent) return;
      trace(process.name, 'is asked to stop');
      void stopCurrent();
      stopCurrent = undefined;
    },
    spare: () => process?.spare(),
    retire() {
      retired = true;
      process?.kill();
    },
  };
}
