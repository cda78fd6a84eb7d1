import type { FlagSlice } from '../flags/slices.ts';
import { resourceVars } from '../metrics/resource-vars.ts';
import { slotVars } from '../metrics/slot-vars.ts';
import { storeVars } from '../metrics/store-vars.ts';
import { taskVars } from '../metrics/task-vars.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { Part, World } from './part.ts';

export interface MeasuringSettings extends World {
  readonly flags: FlagSlice<'measuring'>;
  readonly book: OfferBook;
}

/** Measures tasks, stores, resources and free slots for /vars. */
export function measuring({ flags, book, ...world }: MeasuringSettings): Part {
  const { clock, counters, events, storage } = world;
  storeVars(storage, counters);
  slotVars(book, counters, clock, flags.asyncSlotStatUpdateIntervalMs);
  const uncount = events.subscribe(taskVars(storage, counters));
  const uncountResources = resourceVars({ ...world, intervalMs: flags.asyncTaskStatUpdateIntervalMs });
  return {
    close() {
      uncount();
      uncountResources();
    },
  };
}
