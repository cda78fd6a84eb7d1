/**
 * Measures how fast this machine is at this moment and prints one line of JSON: the times of three fixed pieces of work
 * that are typical of a scheduler. It is a process of its own, so that the bench's heap and event loop have no
 * influence.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const rounded = (value) => Number(value.toPrecision(4));

const scalar = (name, value) => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  role: '*',
  allocation_info: { role: '*' },
});
const processOf = (name) => ({ name, cmdline: `./${name} --port {{thermos.ports[http]}}`, max_failures: 1 });

/** What a launch tells Mesos about one task. */
const TASK_INFO = JSON.stringify({
  name: 'team/prod/web',
  task_id: { value: 'team-prod-web-17-6a1ab2bb-ce52-4b2c-a6b2-0f3e5d7c9b1a' },
  agent_id: { value: '6a1ab2bb-ce52-4b2c-a6b2-0f3e5d7c9b1a-S1234' },
  resources: [scalar('cpus', 0.25), scalar('mem', 256), scalar('disk', 512)],
  executor: {
    executor_id: { value: 'thermos-team-prod-web-17-6a1ab2bb-ce52-4b2c-a6b2-0f3e5d7c9b1a' },
    command: { value: '${MESOS_SANDBOX=.}/executor', uris: [{ value: '/usr/share/aurora/executor' }] },
    resources: [scalar('cpus', 0.01), scalar('mem', 128), scalar('disk', 1)],
    source: 'team.prod.web.17',
  },
  data: Buffer.from(JSON.stringify({ processes: ['fetch', 'server', 'ship'].map(processOf) })).toString(
    'base64',
  ),
});

/** Measured in CPU time, so that other programs on the machine do not count. */
function jsonUs() {
  const TIMES = 2_000;
  const rounds = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    for (let at = 0; at < TIMES; at++) JSON.stringify(JSON.parse(TASK_INFO));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / TIMES;
  });
  return middle(rounds);
}

function syncUs() {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  const file = openSync(join(directory, 'sync'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const rounds = Array.from({ length: 25 }, () => {
    const startMs = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return (performance.now() - startMs) * 1_000;
  });
  closeSync(file);
  rmSync(directory, { recursive: true });
  return middle(rounds);
}

function roundTripUs() {
  const TIMES = 300;
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('data', (bytes) => socket.write(bytes)));
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const rounds = [];
      const socket = connect(server.address().port, '127.0.0.1');
      socket.once('error', reject);
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer over loopback within 10 s')));
      let startMs = 0;
      const ping = () => {
        startMs = performance.now();
        socket.write('ping');
      };
      socket.on('connect', ping);
      socket.on('data', () => {
        rounds.push((performance.now() - startMs) * 1_000);
        if (rounds.length < TIMES) return ping();
        socket.destroy();
        server.close(() => resolve(middle(rounds)));
      });
    });
  });
}

console.log(
  JSON.stringify({
    jsonUs: rounded(jsonUs()),
    syncUs: rounded(syncUs()),
    roundTripUs: rounded(await roundTripUs()),
  }),
);
