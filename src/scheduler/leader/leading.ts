import type { SchedulerDriver, SchedulerDriverOptions } from '../../mesos/index.ts';
import { flagSlice } from '../flags/slices.ts';
import type { HttpServed } from '../http/server.ts';
import { driverCalls } from '../mesos/driver-calls.ts';
import { frameworkInfo } from '../mesos/framework-info.ts';
import { schedulerParts } from '../parts/parts.ts';
import type { PartsSettings } from '../parts/parts-settings.ts';
import type { Shutdown } from '../shutdown.ts';

export interface LeadingOptions extends Omit<PartsSettings, 'calls' | 'end'> {
  /** Where Mesos is, for messages. */
  readonly mesosMaster: string;
  readonly detector: SchedulerDriverOptions['detector'];
  readonly credentials: SchedulerDriverOptions['credentials'];
  readonly connect: SchedulerDriverOptions['connect'];
  readonly makeDriver: (options: SchedulerDriverOptions) => SchedulerDriver;
  readonly httpPort: number;
  readonly httpScheme: 'http' | 'https';
  readonly ending: Shutdown;
}

const REMOVED = /framework has been removed/i;

const mesosEnd = (message: string): string =>
  REMOVED.test(message)
    ? `Mesos does not take this framework back: ${message}; its tasks are gone; run aurora scheduler forget-framework with the same flags, then start again: jobs stay, tasks are started anew`
    : `Mesos ended the framework: ${message}`;

/** Logs repeatedly that Mesos does not answer, until it does; returns a function that stops it. */
function remindOfMesos({ clock, life, log, mesosMaster, options }: LeadingOptions): () => void {
  const arm = () =>
    clock.after(options.maxRegistrationDelayMs, () => {
      if (life.state() !== 'LEADER_AWAITING_REGISTRATION') return;
      log.warn({ master: mesosMaster }, 'Mesos has not accepted the framework yet; still trying');
      timer = arm();
    });
  let timer = arm();
  return () => timer.cancel();
}

/** The FrameworkInfo of this scheduler. */
const framework = ({ credentials, hostname, httpPort, httpScheme, options, storage }: LeadingOptions) =>
  frameworkInfo(flagSlice(options, 'framework'), {
    id: storage.read((stores) => stores.framework.id()),
    hostname,
    httpPort,
    httpScheme,
    principal: options.frameworkAnnouncePrincipal ? credentials?.principal : undefined,
  });

/** Makes everything that only a leader has, and subscribes to Mesos; returns what the HTTP server then serves. */
export function lead(options: LeadingOptions): HttpServed {
  const { ending, life } = options;
  let driver: SchedulerDriver | undefined;
  const calls = driverCalls(
    {
      send: (call) => driver?.send(call) ?? Promise.resolve(),
      post: (call, settled) => driver?.post(call, settled),
      subscribed: () => driver?.subscribed() ?? false,
    },
    { ...options, declineFilterMs: options.options.offerFilterDurationMs },
  );
  const parts = schedulerParts({ ...options, calls, end: (reason) => void ending.end(true, reason) });
  ending.on('parts', parts.close);
  driver = options.makeDriver({
    ...options,
    frameworkInfo: framework(options),
    slimOffers: true,
    onSubscribing: () => options.counters.add('mesos_scheduler_subscription_attempts'),
    on(event) {
      const startMs = options.clock.monotonicMs();
      parts.session.event(event);
      options.counters.time('scheduler_received', options.clock.monotonicMs() - startMs);
    },
    isBusy: parts.session.isBusy,
    onDisconnected: parts.session.disconnected,
    onError: (message) => void ending.end(true, mesosEnd(message)),
  });
  ending.on('mesos', driver.stop);
  life.to('LEADER_AWAITING_REGISTRATION');
  ending.on('parts', remindOfMesos(options));
  driver.start();
  return parts.http;
}
