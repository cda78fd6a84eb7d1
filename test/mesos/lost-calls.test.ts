import { type AddressInfo, connect, createServer } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { type Offer, type SchedulerEvent, schedulerDriver, staticDetector } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { startSimulatedCluster } from '../simulated-cluster/index.ts';
import { inbox } from './inbox.ts';

const test = suite('calls that a master never gets');

/** Passes everything on to the master, but cuts the connection on which the first ACCEPT comes, instead of passing that on. */
async function swallowFirstAccept(masterPort: number) {
  let swallowed = 0;
  const server = createServer((client) => {
    const master = connect(masterPort, '127.0.0.1');
    for (const [from, to] of [
      [client, master],
      [master, client],
    ] as const) {
      from.on('error', () => {});
      from.on('close', () => to.destroy());
      from.on('data', (bytes: Buffer) => {
        if (from !== client || swallowed > 0 || !bytes.includes('"ACCEPT"')) return void to.write(bytes);
        swallowed++;
        client.destroy();
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    swallowed: () => swallowed,
    close: () => new Promise((closed) => server.close(closed)),
  };
}

test('leave no agent idle: its offer comes again, and tasks can be launched on it', async () => {
  const cluster = await startSimulatedCluster({ agents: 1 });
  const proxy = await swallowFirstAccept(cluster.masterPort);
  const offers = inbox<Offer>();
  const states = inbox<string>();
  const lost = inbox<string>();
  const driver = schedulerDriver({
    detector: staticDetector({ host: '127.0.0.1', port: proxy.port }),
    frameworkInfo: { user: 'root', name: 'aurora', failover_timeout: 600 },
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    on(event: SchedulerEvent) {
      for (const offer of event.offers?.offers ?? []) offers.put(offer);
      if (event.update) states.put(event.update.status.state);
    },
    onDisconnected: lost.put,
    onError: (message) => states.put(message),
    backoff: { initialMs: 10, maxMs: 100 },
  });
  const launch = ({ id, agent_id }: Offer, task: string) =>
    driver.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [id],
        operations: [
          {
            type: 'LAUNCH',
            launch: {
              task_infos: [
                {
                  name: task,
                  task_id: { value: task },
                  agent_id,
                  command: { value: 'true' },
                  resources: [
                    { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
                    { name: 'mem', type: 'SCALAR', scalar: { value: 64 } },
                  ],
                },
              ],
            },
          },
        ],
      },
    });
  driver.start();
  try {
    const outcome = launch(await offers.next(), 'lost').then(() => 'answered', String);
    assert.match(await outcome, /no answer to a call/);
    assert.match(await lost.next(), /^calls were lost: /);
    assert.is(proxy.swallowed(), 1);
    await launch(await offers.next(), 'again');
    assert.match(await states.next(), /^TASK_(?:STARTING|RUNNING)$/);
  } finally {
    await driver.stop();
    await cluster.stop();
    await proxy.close();
  }
});

test.run();
