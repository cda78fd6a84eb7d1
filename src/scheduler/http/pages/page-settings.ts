import type { Context } from 'hono';
import type { Clock } from '../../../base/clock.ts';
import type { StateEventStream } from '../../events/event-stream.ts';
import type { UnknownTasks } from '../../mesos/unknown-tasks.ts';
import type { KnownOffers } from '../../offers/known-offers.ts';
import type { PendingView } from '../../scheduling/nearest-fit-view.ts';
import type { Storage } from '../../storage/index.ts';
import type { Tiers } from '../../tiers.ts';
import type { Views } from '../views/views.ts';

/** What the pages are made from. */
export interface PageSettings {
  readonly storage: Storage;
  readonly known: KnownOffers;
  readonly pending: PendingView;
  readonly tiers: Tiers;
  readonly unknown: Pick<UnknownTasks, 'kept'>;
  readonly clusterName: string;
  readonly clock: Clock;
  readonly stream: StateEventStream;
  readonly views: Views;
  /** Ways to log in, as values of WWW-Authenticate. */
  readonly challenges: readonly string[];
}

/** A JSON reply; `text` is JSON already. */
export const json = (c: Context, text: string | ReadableStream<Uint8Array>): Response =>
  c.body(text as string, 200, { 'Content-Type': 'application/json' });
