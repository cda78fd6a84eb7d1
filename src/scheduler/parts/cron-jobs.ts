import type { Cron } from '../cron/cron.ts';
import { cronReads } from '../http/rpc/read-cron.ts';
import type { RpcSettings } from '../http/rpc/rpc-settings.ts';
import { cronWrites } from '../http/rpc/write-cron.ts';
import type { Part } from './part.ts';

/** Runs cron jobs at their ticks and serves the calls about them. */
export const cronJobs = (rpc: RpcSettings, cron: Cron): Part => ({
  handlers: { ...cronReads(rpc, cron), ...cronWrites(rpc, cron) },
  start: cron.start,
  close: cron.close,
});
