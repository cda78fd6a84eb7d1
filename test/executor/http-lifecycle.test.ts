import { readFileSync } from 'node:fs';
import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { httpLifecycle, httpLifecycleConfig } from '../../src/executor/http-lifecycle.ts';
import { assert, count, suite } from '../harness/index.ts';

interface Case {
  readonly id: string;
  readonly what: string;
  readonly wrapped: boolean;
  readonly lifecycle_config: object | null;
  readonly portmap: Readonly<Record<string, number | string>>;
  readonly endpoint_behaviour: Readonly<Record<string, readonly [number, string] | 'hang' | 'reset'>>;
  readonly runner_ends_at_s: number | null;
  readonly events: readonly { readonly t: number; readonly event: string; readonly handled?: boolean }[];
}

const test = suite('http lifecycle');

/** Whether the endpoint takes the request, by our rule: 400 and up is no handling. */
function taken(
  { endpoint_behaviour: known, portmap, lifecycle_config: config }: Case,
  path: string,
): boolean {
  const name = (config as { port?: string } | null)?.port ?? 'health';
  const answer = portmap[name] === 'dead port' ? 'reset' : (known[path] ?? [404, '']);
  return typeof answer === 'object' && answer[0] < 400;
}

async function replay(golden: Case): Promise<string[] | undefined> {
  const ports = new Map(Object.keys(golden.portmap).map((name, at) => [name, 31_000 + at]));
  const section = golden.lifecycle_config === null ? undefined : { http: golden.lifecycle_config };
  const config = httpLifecycleConfig(section, ports);
  if (!config) return undefined;
  const clock = manualClock();
  const over = new AbortController();
  if (golden.runner_ends_at_s !== null) clock.after(golden.runner_ends_at_s * 1000, () => over.abort());
  const told: string[] = [];
  const companion = httpLifecycle({
    config,
    over: over.signal,
    clock,
    log: silentLogger,
    async ask(_, endpoint) {
      told.push(`${clock.monotonicMs() / 1000} ${endpoint} ${taken(golden, endpoint)}`);
      return taken(golden, endpoint);
    },
  });
  let done = false;
  companion.leave?.(60_000).then(() => {
    done = true;
  });
  for (let at = 0; !done && at < 200; at++) {
    await new Promise((next) => setImmediate(next));
    if (!done) clock.runNext();
  }
  told.push(`${clock.monotonicMs() / 1000} stop`);
  return told;
}

test('calls come in the order and at the times that were recorded, save that 400 and up is no handling', async () => {
  const cases = (
    JSON.parse(readFileSync('test/golden/thermos/http-lifecycle.json', 'utf8')) as Case[]
  ).filter(({ id }) => id !== 'l14-stop-before-start');
  for (const golden of cases) {
    const told = await replay(golden);
    assert.is(told !== undefined, golden.wrapped, golden.id);
    // 404 and 500 were waited for; a task that has ended is not asked; a redirect is an answer.
    if (!told || ['l04-404', 'l05-500', 'l12-already-ended', 'l15-redirect'].includes(golden.id)) continue;
    const expected = golden.events
      .filter(({ event }) => event !== 'runner.start')
      .map(({ t, event, handled }) =>
        event === 'runner.stop' ? `${t} stop` : `${t} ${event.replace('POST ', '')} ${handled}`,
      );
    assert.equal(told, expected, `${golden.id} ${golden.what}`);
  }
  for (const id of ['l04-404', 'l05-500']) {
    const told = await replay(cases.find((one) => one.id === id) as Case);
    assert.equal(told, ['0 /quitquitquit false', '0 /abortabortabort false', '0 stop'], id);
  }
  count('golden/thermos http-lifecycle', cases.length);
});

test('the waits are scaled down to the time that there is', async () => {
  const config = httpLifecycleConfig({ http: {} }, new Map([['health', 31_000]]));
  assert.ok(config);
  const clock = manualClock();
  const companion = httpLifecycle({
    config,
    over: new AbortController().signal,
    clock,
    log: silentLogger,
    ask: async () => true,
  });
  let done = false;
  companion.leave?.(2_000).then(() => {
    done = true;
  });
  for (let at = 0; !done && at < 50; at++) {
    await new Promise((next) => setImmediate(next));
    if (!done) clock.runNext();
  }
  assert.is(clock.monotonicMs(), 2_000);
});

test.run();
