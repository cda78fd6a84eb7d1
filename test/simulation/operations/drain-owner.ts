import type { Wire } from '../../../src/api/index.ts';
import { type Random, randomBelow } from '../../../src/base/random.ts';
import type { ApiCall } from '../scheduler-process.ts';
import { chance, pick, type World } from '../world.ts';

const RETRY_MS = 3_000;

/** One host at a time is taken out of service, and comes back. */
export interface Drain {
  readonly host: string;
  readonly policy: { readonly percentage: number; readonly durationSecs: number };
  /** 0: at once, whatever was promised. */
  readonly timeoutSecs: number;
  /** Before this by the wall clock its request was not sent. */
  readonly sentMs: number;
}

export interface DrainOwner {
  /** Drains that were sent, in order; the last one may be under way. */
  readonly drains: readonly Drain[];
  /** The host that is to be out of service now; undefined while a call about it is under way. */
  out(): string | undefined;
  begin(random: Random): void;
  end(): void;
}

/** The one administrator. */
export function drainOwner(
  hosts: readonly string[],
  { world, call }: { readonly world: World; readonly call: ApiCall },
): DrainOwner {
  const drains: Drain[] = [];
  let state: 'none' | 'sending' | 'draining' | 'ending' = 'none';
  const insist = async (once: () => ReturnType<ApiCall>, next: typeof state) => {
    const { response } = await once();
    world.trace('admin', `${state} ${drains.at(-1)?.host}: ${response?.responseCode ?? 'no answer'}`);
    if (response?.responseCode === 'OK') state = next;
    else world.time.after(RETRY_MS, () => void insist(once, next));
  };
  return {
    drains,
    out: () => (state === 'draining' ? drains.at(-1)?.host : undefined),
    begin(random) {
      const host = pick(random, hosts);
      if (state !== 'none' || host === undefined) return;
      const policy = {
        percentage: pick(random, [0, 50, 75, 90]) ?? 0,
        durationSecs: randomBelow(random, 40),
      };
      const timeoutSecs = chance(random, 0.3) ? 0 : 60 + randomBelow(random, 300);
      drains.push({ host, policy, timeoutSecs, sentMs: world.time.nowMs() });
      state = 'sending';
      const defaultSlaPolicy: Wire<'SlaPolicy'> = { percentageSlaPolicy: policy };
      const named = { hosts: { hostNames: [host] } };
      void insist(
        () =>
          timeoutSecs === 0
            ? call('drainHosts', named)
            : call('slaDrainHosts', { ...named, defaultSlaPolicy, timeoutSecs }),
        'draining',
      );
    },
    end() {
      const host = drains.at(-1)?.host;
      if (state !== 'draining' || host === undefined) return;
      state = 'ending';
      void insist(() => call('endMaintenance', { hosts: { hostNames: [host] } }), 'none');
    },
  };
}
