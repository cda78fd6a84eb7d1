import { connect } from 'node:net';
import { manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { assert, suite } from '../harness/index.ts';
import { startSimulatedCluster } from '../simulated-cluster/index.ts';

const test = suite('raw requests to the embedded master');

/** Everything that comes until the connection ends. */
const ask = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });

test('no Host is missed, and Expect is not known: one answer, as from Mesos', async () => {
  const cluster = await startSimulatedCluster({
    agents: 1,
    clock: manualClock(),
    random: seededRandom(1),
  });
  try {
    const get = 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n';
    assert.match(await ask(cluster.masterPort, get), /^HTTP\/1\.1 200 /);
    const body = '{"type":"GET_HEALTH"}';
    const head = `POST /api/v1 HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: ${body.length}\r\n`;
    for (const expect of ['100-continue', 'something-else'])
      assert.match(
        await ask(cluster.masterPort, `${head}Expect: ${expect}\r\n\r\n${body}`),
        /^HTTP\/1\.1 200 .*get_health/s,
      );
  } finally {
    await cluster.stop();
  }
});

test.run();
