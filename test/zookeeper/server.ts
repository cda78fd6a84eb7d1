/** Real ZooKeeper servers on loopback ports, one or an ensemble, with their data in a temporary directory, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ZooKeeperServer {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Stops answering without closing anything, as a machine that hangs; `resume` ends it. */
  freeze(): void;
  resume(): void;
  /** Kills it; the data stays, so that `restart` finds the sessions and nodes again. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface Ensemble {
  readonly members: readonly ZooKeeperServer[];
  /** Of all members: `127.0.0.1:port,127.0.0.1:port,...`. */
  readonly address: string;
  /** The member that leads the others now; undefined while they have no leader. */
  leader(): Promise<ZooKeeperServer | undefined>;
  /** Ends all members and removes their data. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 10_000;
const JARS = '/usr/share/java';
/** What a standalone server needs of Debian's jars. */
const NEEDED =
  /^(zookeeper|zookeeper-jute|slf4j-api|slf4j-nop|metrics-core|snappy-java|netty-\w+|netty-[a-z-]*?|commons-cli)\.jar$/;
const READY_LIMIT_MS = 60_000;

function classPath(): string {
  if (!existsSync(join(JARS, 'zookeeper.jar')) || !existsSync('/usr/bin/java'))
    throw new Error('these tests need a real ZooKeeper: apt-get install -y zookeeper');
  return readdirSync(JARS)
    .filter((name) => NEEDED.test(name))
    .map((name) => join(JARS, name))
    .join(':');
}

/** Ports that nobody listens on, all different. */
async function freePorts(count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, async () => {
      const probe = createServer();
      await once(probe.listen(0, '127.0.0.1'), 'listening');
      return probe;
    }),
  );
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports;
}

/** How long one question may wait: a server that is just starting may take a connection and never answer on it. */
const PROBE_LIMIT_MS = 1_000;

/** What the server says it is: standalone, leader or follower; undefined until it serves. */
const modeOf = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(PROBE_LIMIT_MS, () => socket.destroy());
    socket.on('connect', () => socket.end('srvr'));
    socket.on('data', (part) => {
      text += part.toString();
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(/Mode: (\w+)/.exec(text)?.[1]));
  });

interface Launch {
  readonly folder: string;
  readonly port: number;
  readonly tickMs: number;
  readonly heapMb: number;
  /** Lines of its configuration that all do not share. */
  readonly more?: readonly string[];
  /** Its number in the ensemble. */
  readonly id?: number;
}

/** On a busy machine the threads of a process stop one by one, some only when a write to the disk has ended. */
function untilStopped(pid: number): void {
  const isStopped = (task: string): boolean =>
    /\) [TtZ] /.test(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8'));
  const untilMs = performance.now() + STOP_LIMIT_MS;
  while (!readdirSync(`/proc/${pid}/task`).every(isStopped)) {
    if (performance.now() > untilMs) throw new Error(`process ${pid} does not stop`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

/** A server that is not started yet; `restart` starts it. */
function serverIn({ folder, port, tickMs, heapMb, more = [], id }: Launch): ZooKeeperServer {
  const jars = classPath();
  const config = join(folder, 'zoo.cfg');
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  if (id !== undefined) writeFileSync(join(data, 'myid'), String(id));
  writeFileSync(
    config,
    [
      `tickTime=${tickMs}`,
      `dataDir=${data}`,
      'clientPortAddress=127.0.0.1',
      `clientPort=${port}`,
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
      'maxClientCnxns=0',
      'maxSessionTimeout=60000',
      ...more,
    ].join('\n'),
  );
  let server: ChildProcess | undefined;

  const start = async () => {
    let errors = '';
    const started = spawn(
      'java',
      [
        `-Xmx${heapMb}m`,
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-Xshare:auto',
        '-Dzookeeper.fsync.warningthresholdms=60000',
        '-cp',
        jars,
        'org.apache.zookeeper.server.quorum.QuorumPeerMain',
        config,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder },
    );
    started.stderr?.on('data', (part: Buffer) => {
      errors = (errors + part.toString()).slice(-2_000);
    });
    server = started;
    const untilMs = performance.now() + READY_LIMIT_MS;
    while (!(await modeOf(port))) {
      if (started.exitCode !== null || performance.now() > untilMs)
        throw new Error(`ZooKeeper did not start on port ${port}: ${errors || 'no message'}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const kill = async () => {
    const running = server;
    server = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => running.on('close', () => resolve()));
    running.kill('SIGKILL');
    await gone;
  };
  return {
    port,
    address: `127.0.0.1:${port}`,
    freeze() {
      if (!server?.kill('SIGSTOP')) throw new Error('there is no server to freeze');
      untilStopped(server.pid as number);
    },
    resume: () => void server?.kill('SIGCONT'),
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'aurora-zookeeper-'));

/** Starts it; when that fails, nothing is left behind. */
async function started<T extends { stop(): Promise<void> }>(
  it: T,
  start: () => Promise<unknown>,
): Promise<T> {
  try {
    await start();
    return it;
  } catch (error) {
    await it.stop();
    throw error;
  }
}

/** Enough for some 50,000 small nodes; a server whose heap is full hangs. */
const HEAP_MB = 64;

/** @param tickMs sessions last two ticks at least, and a minute at most; default 500. */
export async function startZooKeeper({ tickMs = 500, heapMb = HEAP_MB } = {}): Promise<ZooKeeperServer> {
  const [port = 0] = await freePorts(1);
  const server = serverIn({ folder: newFolder(), port, tickMs, heapMb });
  return started(server, () => server.restart());
}

/** Three servers that need two of them to go on. */
export async function startEnsemble({ tickMs = 500, heapMb = HEAP_MB } = {}): Promise<Ensemble> {
  const folder = newFolder();
  const ports = await freePorts(9);
  const more = [
    'initLimit=20',
    'syncLimit=10',
    ...[1, 2, 3].map((id) => `server.${id}=127.0.0.1:${ports[id + 2]}:${ports[id + 5]}`),
  ];
  const members = [1, 2, 3].map((id) =>
    serverIn({ folder: join(folder, String(id)), port: ports[id - 1] as number, tickMs, heapMb, more, id }),
  );
  const ensemble: Ensemble = {
    members,
    address: members.map(({ address }) => address).join(','),
    async leader() {
      const modes = await Promise.all(members.map(({ port }) => modeOf(port)));
      return members[modes.indexOf('leader')];
    },
    async stop() {
      await Promise.all(members.map((member) => member.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return started(ensemble, () => Promise.all(members.map((member) => member.restart())));
}
