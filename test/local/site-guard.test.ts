import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCluster, startCluster } from '../../src/local/cluster.ts';
import { assert, suite } from '../harness/index.ts';
import { ask, exchange, rawRequest } from '../harness/raw-exchange.ts';

const test = suite('the embedded cluster and foreign pages');

const directory = mkdtempSync(join(tmpdir(), 'aurora-site-'));
let cluster: RunningCluster;

test.before(async () => {
  cluster = await startCluster({ workDir: directory, agents: [{ resources: 'cpus:1;mem:64;disk:64' }] });
});
test.after(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true, force: true });
});

const agentPort = async (): Promise<number> => {
  const answer = await ask(cluster.masterPort, 'GET /slaves HTTP/1.1', ['Host: 127.0.0.1']);
  return Number(JSON.parse(answer.body).slaves[0].port);
};

const JSON_LINE = 'Content-Type: application/json';
const SUBSCRIBE = JSON.stringify({
  type: 'SUBSCRIBE',
  subscribe: { framework_info: { user: 'root', name: 'evil' } },
});

test('no page of another site starts a framework, ends one, drains a machine or reads by a script', async () => {
  const requests: readonly (readonly [start: string, lines: readonly string[], body: string])[] = [
    ['POST /api/v1/scheduler HTTP/1.1', [JSON_LINE], SUBSCRIBE],
    ['POST /master/api/v1/scheduler HTTP/1.1', [JSON_LINE], SUBSCRIBE],
    ['POST /api/v1 HTTP/1.1', [JSON_LINE], '{"type":"GET_STATE"}'],
    ['POST /teardown HTTP/1.1', ['Content-Type: text/plain'], 'frameworkId=x'],
    ['POST /machine/down HTTP/1.1', ['Content-Type: text/plain'], '[{"hostname":"127.0.0.1"}]'],
    ['GET /state?jsonp=leak HTTP/1.1', [], ''],
  ];
  const agent = [
    ['POST /api/v1 HTTP/1.1', [JSON_LINE], '{"type":"GET_STATE"}'],
    ['POST /api/v1/executor HTTP/1.1', [JSON_LINE], '{}'],
    ['GET /files/browse?path=/&jsonp=leak HTTP/1.1', [], ''],
  ] as const;
  const foreign = [
    ['Host: 127.0.0.1', 'Origin: http://evil.example'],
    ['Host: 127.0.0.1', 'Sec-Fetch-Site: cross-site'],
    ['Host: evil.example'],
  ];
  const all = [
    ...requests.map((request) => [cluster.masterPort, ...request] as const),
    ...(await agentPort().then((port) => agent.map((request) => [port, ...request] as const))),
  ];
  for (const [port, start, lines, body] of all)
    for (const heads of foreign) {
      const { status } = await ask(port, start, [...heads, ...lines], body);
      assert.is(status, 403, `${start} ${heads.join(' | ')}`);
    }
  assert.is(cluster.connectedFrameworks(), 0);
});

test('operators and their own browsers are served', async () => {
  for (const port of [cluster.masterPort, await agentPort()]) {
    const call = (lines: readonly string[]) =>
      ask(port, 'POST /api/v1 HTTP/1.1', [...lines, JSON_LINE], '{"type":"GET_HEALTH"}');
    assert.is((await call(['Host: 127.0.0.1'])).status, 200);
    assert.is((await call([`Host: localhost:${port}`, `Origin: http://localhost:${port}`])).status, 200);
    const twice = await call(['Host: 127.0.0.1', JSON_LINE]);
    assert.is(twice.status, 200, 'Content-Type twice');
  }
});

test('idle connections stay: neither server says when it will close one', async () => {
  for (const port of [cluster.masterPort, await agentPort()]) {
    const socket = connect(port, '127.0.0.1');
    const answer = await exchange(socket, rawRequest('GET /health HTTP/1.1', ['Host: 127.0.0.1']));
    assert.is(answer.status, 200);
    assert.is(answer.headers.get('keep-alive'), undefined);
    assert.is(answer.headers.get('connection'), undefined);
    socket.destroy();
  }
});

test.run();
