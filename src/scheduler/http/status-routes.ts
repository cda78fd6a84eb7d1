import type { Hono } from 'hono';
import type { Counters } from '../metrics/counters.ts';
import { prometheusText } from '../metrics/prometheus.ts';

export interface StatusSettings {
  readonly counters: Counters;
  /** Whether the process can do its work. */
  healthy(): boolean;
  /** Whether this instance leads: it has a session with Mesos, or had one and gets it back. */
  leading(): boolean;
}

/** Pages for monitors: /health, /leaderhealth, /vars, /vars.json, /metrics. */
export function statusRoutes(app: Hono, settings: StatusSettings): void {
  app.get('/health', (c) => c.text(settings.healthy() ? 'OK\n' : 'SICK\n'));
  app.get('/leaderhealth', (c) =>
    settings.leading()
      ? c.text('This instance is the leader.\n', 200)
      : c.text('No leader is known: this instance is still starting.\n', 502),
  );
  app.get('/vars', (c) =>
    c.text([...settings.counters.read()].map(([name, value]) => `${name} ${value}\n`).join('')),
  );
  app.get('/metrics', (c) =>
    c.body(prometheusText(settings.counters.values()), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  app.get('/vars.json', (c) => {
    const pretty = /^(true|1|)$/.test(c.req.query('pretty') ?? 'no');
    const values = Object.fromEntries(settings.counters.read());
    return c.body(JSON.stringify(values, undefined, pretty ? 2 : undefined), 200, {
      'Content-Type': 'application/json',
    });
  });
}
