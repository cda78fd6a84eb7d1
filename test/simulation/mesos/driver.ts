import { AuroraError } from '../../../src/base/errors.ts';
import type {
  SchedulerCall,
  SchedulerDriver,
  SchedulerDriverOptions,
  SchedulerEvent,
} from '../../../src/mesos/index.ts';
import { posting } from '../../harness/posting.ts';
import { never, type SimulatedProcess } from '../process.ts';
import { between, chance, messageDelayMs, type Wire, type World, wire } from '../world.ts';
import type { Master, Session } from './master.ts';

/** Breaks the connection between scheduler and master, whoever they are at the time. */
export interface Connections {
  readonly driverOf: (process: SimulatedProcess) => (options: SchedulerDriverOptions) => SchedulerDriver;
  /** The scheduler notices after so long; until then its calls go nowhere. */
  breakNow(noticedAfterMs: number): void;
}

/** What the referee is told: what passes between a scheduler and Mesos, at the scheduler's end. */
export interface DriverObserver {
  heard(event: SchedulerEvent): void;
  said(call: SchedulerCall): void;
  /** The master refused the call so long ago that the scheduler, which lives on, must have drawn its conclusions. */
  refused(call: SchedulerCall): void;
}

/** Longer than any stall of the disk. */
const REFUSAL_MS = 60_000;

interface Connection {
  readonly session: Session;
  readonly up: Wire;
  readonly down: Wire;
  readonly pending: Set<(error: Error) => void>;
  open: boolean;
  subscribed: boolean;
}

const failed = (text: string, cause?: unknown): AuroraError =>
  new AuroraError('MESOS', text, cause === undefined ? {} : { cause });

const isAcknowledgement = ({ type }: SchedulerCall): boolean => type?.startsWith('ACKNOWLEDGE') ?? false;

/** The scheduler's driver and the network between it and the master. */
export function connections(world: World, master: Master, observer: DriverObserver): Connections {
  const { time, random, trace } = world;
  let breakCurrent: (noticedAfterMs: number) => void = () => {};

  const driverOf =
    (process: SimulatedProcess) =>
    (options: SchedulerDriverOptions): SchedulerDriver => {
      let current: Connection | undefined;
      let stopped = false;
      let frameworkId = options.frameworkInfo.id;

      const lose = (connection: Connection, noticedAfterMs: number) => {
        if (!connection.open) return;
        connection.open = false;
        connection.up.cut();
        connection.down.cut();
        master.leave(connection.session);
        time.after(noticedAfterMs, () => {
          for (const reject of connection.pending) reject(failed('the connection to the master broke'));
          if (current !== connection) return;
          current = undefined;
          if (!process.alive() || stopped) return;
          if (connection.subscribed) options.onDisconnected?.('the connection broke');
          connectIn(between(random, 500, 3_000));
        });
      };
      /** Rarely a launch meets a master that has just found out that it does not lead any more. */
      const deposed = ({ type }: SchedulerCall): string | undefined => {
        if (type !== 'ACCEPT' || world.calm || !chance(random, 0.02)) return undefined;
        time.after(between(random, 0, 500), () => master.failOver(between(random, 200, 10_000)));
        return 'this master does not lead any more';
      };
      const arrive = (connection: Connection, event: SchedulerEvent) => {
        if (!connection.open || stopped || !process.act()) return;
        if (event.type === 'SUBSCRIBED') connection.subscribed = true;
        observer.heard(event);
        options.on(event);
      };
      const connect = () => {
        if (stopped || !process.act()) return;
        if (!master.isUp()) return connectIn(between(random, 500, 4_000));
        const connection: Connection = {
          session: {
            say: (event) => connection.down.send(() => arrive(connection, event)),
            end: () => lose(connection, between(random, 0, 2_000)),
          },
          up: wire(world),
          down: wire(world),
          pending: new Set(),
          open: true,
          subscribed: false,
        };
        current = connection;
        breakCurrent = (noticedAfterMs) => cutOff(connection, noticedAfterMs);
        const id = master.subscribe(
          { ...options.frameworkInfo, ...(frameworkId ? { id: frameworkId } : {}) },
          connection.session,
        );
        frameworkId = { value: id };
        trace(process.name, `subscribes as ${id}`);
        connection.session.say({ type: 'SUBSCRIBED', subscribed: { framework_id: { value: id } } });
      };
      const connectIn = (delayMs: number) => void time.after(delayMs, connect);
      /** What is on its way to the master may still arrive before the break does; nothing comes back. */
      const cutOff = (connection: Connection, noticedAfterMs: number) => {
        connection.down.cut();
        time.after(between(random, 0, 1_000), () => lose(connection, noticedAfterMs));
      };
      process.onDeath(() => current && cutOff(current, 0));

      const send = (call: SchedulerCall): Promise<void> => {
        if (!process.act()) return never();
        const connection = current;
        if (!connection?.subscribed || stopped) return Promise.reject(failed('not subscribed'));
        observer.said(call);
        return new Promise<void>((resolve, reject) => {
          connection.pending.add(reject);
          const settle = (refusal: string | undefined) => {
            connection.pending.delete(reject);
            if (!process.alive()) return;
            if (refusal === undefined) return resolve();
            time.after(REFUSAL_MS, () => process.alive() && observer.refused(call));
            reject(failed(`refused: ${refusal}`, { status: 503, text: refusal }));
          };
          const deliver = () => {
            const refusal = deposed(call) ?? master.receive(connection.session, call);
            // The answer, too, is on its way for a while and lost when the connection breaks.
            connection.down.send(() => settle(refusal));
          };
          if (!connection.open) return;
          if (isAcknowledgement(call) && chance(random, 0.5))
            time.after(messageDelayMs(random), () => connection.open && deliver());
          else connection.up.send(deliver);
        });
      };

      return {
        start: () => connectIn(messageDelayMs(random)),
        send,
        post: posting(send),
        subscribed: () => process.alive() && !stopped && (current?.subscribed ?? false),
        async stop() {
          if (!process.act()) return never();
          stopped = true;
          if (current) lose(current, 0);
        },
      };
    };
  return { driverOf, breakNow: (noticedAfterMs) => breakCurrent(noticedAfterMs) };
}
