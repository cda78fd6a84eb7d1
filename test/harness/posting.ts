import type { AuroraError } from '../../src/base/errors.ts';
import type { SchedulerCall, SchedulerDriver } from '../../src/mesos/index.ts';

/** A driver's `post` by means of its `send`. */
export const posting =
  (send: (call: SchedulerCall) => Promise<void>): SchedulerDriver['post'] =>
  (call, settled) =>
    void send(call).then(
      () => settled(undefined),
      (error: AuroraError) => settled(error),
    );
