import type { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import { prometheusText } from '../metrics/prometheus.ts';
import type { CallerEnv } from './caller.ts';
import { type Leader, originOf } from './leader-redirect.ts';

export interface StatusSettings {
  readonly clock: Clock;
  readonly counters: Counters;
  /** Whether the process can do its work. */
  healthy(): boolean;
  leader(): Leader;
  /**
   * Whether this instance does the work of a leader: it has a session with Mesos, or had one and is getting it back.
   */
  leading(): boolean;
}

/** Status for load balancers that should send everything to the leader. Source: the original's LeaderHealth. */
function leaderHealth({ leader, leading }: StatusSettings): readonly [text: string, status: 200 | 502 | 503] {
  const leads = leader();
  if (leads === 'nobody') return ['No leader is known.', 502];
  if (leads !== 'self') return [`Another instance leads: ${originOf('http', leads)}`, 503];
  return leading()
    ? ['This instance is the leader.', 200]
    : ['No leader is known: this instance is still starting.', 502];
}

/** Pages for monitors: /health, /leaderhealth, /vars, /vars.json, /metrics. */
export function statusRoutes(app: Hono<CallerEnv>, settings: StatusSettings): void {
  app.get('/health', (c) => c.text(settings.healthy() ? 'OK\n' : 'SICK\n'));
  app.get('/leaderhealth', (c) => {
    const [text, status] = leaderHealth(settings);
    return c.text(`${text}\n`, status);
  });
  const { clock, counters } = settings;
  const scraped = (startMs: number) => counters.scrape('variable_scrape', clock.monotonicMs() - startMs);
  app.get('/vars', (c) => {
    const startMs = clock.monotonicMs();
    const text = [...counters.read()].map(([name, value]) => `${name} ${value}\n`).join('');
    scraped(startMs);
    return c.text(text);
  });
  app.get('/metrics', async (c) => {
    const startMs = clock.monotonicMs();
    const text = await prometheusText(counters.values());
    scraped(startMs);
    return c.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  app.get('/vars.json', (c) => {
    const pretty = /^(true|1|)$/.test(c.req.query('pretty') ?? 'no');
    const values = Object.fromEntries(settings.counters.read());
    return c.body(JSON.stringify(values, undefined, pretty ? 2 : undefined), 200, {
      'Content-Type': 'application/json',
    });
  });
}
