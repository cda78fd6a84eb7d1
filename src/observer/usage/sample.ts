/** What processes use, under the names of the original's JSON. */
export interface ProcessSample {
  /** Cores: processor time used since the last sample, divided by the time that passed. */
  readonly cpu: number;
  /** Bytes; the same as `rss`. */
  readonly ram: number;
  /** Processor seconds so far, in user mode and in the kernel. */
  readonly user: number;
  readonly system: number;
  /** Bytes. */
  readonly rss: number;
  readonly vms: number;
  readonly nice: number | null;
  readonly status: string | null;
  readonly threads: number;
}

export const NOTHING_USED: ProcessSample = {
  cpu: 0,
  ram: 0,
  user: 0,
  system: 0,
  rss: 0,
  vms: 0,
  nice: null,
  status: null,
  threads: 0,
};

/** The sum of samples; fields that cannot be added up are null. */
export const addedUp = (samples: readonly ProcessSample[]): ProcessSample =>
  samples.reduce(
    (sum, one) => ({
      cpu: sum.cpu + one.cpu,
      ram: sum.ram + one.ram,
      user: sum.user + one.user,
      system: sum.system + one.system,
      rss: sum.rss + one.rss,
      vms: sum.vms + one.vms,
      nice: null,
      status: null,
      threads: sum.threads + one.threads,
    }),
    NOTHING_USED,
  );
