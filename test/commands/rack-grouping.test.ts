/** Hosts of a rack go down together, as far as the scheduler knows where they stand. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { groupingOf } from '../../src/client/rack-grouping.ts';
import type { Session } from '../../src/client/session.ts';
import { assert, suite } from '../harness/index.ts';
import { mesosOffer } from '../scheduler/builders.ts';
import { testScheduler } from '../scheduler/running.ts';
import { commandLine } from './command-line.ts';

const test = suite('grouping by rack');

const sessionIn = (home: string): Session => ({
  env: { HOME: home, AURORA_CONFIG_ROOT: home },
  clock: systemClock,
  signal: new AbortController().signal,
  log: silentLogger,
  print: () => {},
  complain: () => {},
  openPage: () => {},
  terminal: () => undefined,
  stdio: [0, 1, 2],
});

test('the scheduler tells the racks; who has none goes alone', async () => {
  const line = commandLine();
  const scheduler = await testScheduler();
  try {
    scheduler.mesos.subscribe();
    for (const [agent, rack] of [
      ['a', 'r1'],
      ['b', 'r2'],
      ['c', 'r1'],
      ['d', undefined],
    ] as const) {
      const attribute = (name: string, value: string) => ({ name, type: 'TEXT' as const, text: { value } });
      const attributes = [attribute('host', `host-${agent}`), ...(rack ? [attribute('rack', rack)] : [])];
      scheduler.mesos.offer(mesosOffer(agent, { attributes }));
    }
    line.useScheduler(scheduler.running().httpPort);
    for (;;) {
      const grouping = await groupingOf(sessionIn(line.home), 'west', 'by_rack');
      const groups = grouping(['host-d', 'host-c', 'host-b', 'host-a', 'host-x']);
      // offers come by themselves
      if (groups.length !== 4) continue;
      assert.equal(groups, [['host-d'], ['host-x'], ['host-a', 'host-c'], ['host-b']]);
      break;
    }
  } finally {
    await scheduler.stop();
    line.remove();
  }
}, 60_000);

test('a scheduler of the original does not tell: one sentence', async () => {
  const line = commandLine();
  const server = createServer((_, response) => response.writeHead(404).end('<html>'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  line.useScheduler((server.address() as AddressInfo).port);
  const { code, stderr } = await line.run([
    'admin',
    'sla_probe_hosts',
    'west',
    '95',
    '30m',
    '--hosts',
    'h1',
    '--grouping',
    'by_rack',
  ]);
  await new Promise((done) => server.close(done));
  line.remove();
  assert.is(code, 1);
  assert.is(
    stderr,
    'the scheduler of west does not tell the racks of its hosts; use --grouping by_host or none\n',
  );
});

test.run();
