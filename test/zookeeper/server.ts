/** A real ZooKeeper on a loopback port with its data in a temporary directory, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
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

const JARS = '/usr/share/java';
/** What a standalone server needs of Debian's jars. */
const NEEDED =
  /^(zookeeper|zookeeper-jute|slf4j-api|slf4j-nop|metrics-core|snappy-java|netty-\w+|netty-[a-z-]*?|commons-cli)\.jar$/;
const READY_LIMIT_MS = 25_000;

function classPath(): string {
  if (!existsSync(join(JARS, 'zookeeper.jar')) || !existsSync('/usr/bin/java'))
    throw new Error('these tests need a real ZooKeeper: apt-get install -y zookeeper');
  return readdirSync(JARS)
    .filter((name) => NEEDED.test(name))
    .map((name) => join(JARS, name))
    .join(':');
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** How long one question may wait: a server that is just starting may take a connection and never answer on it. */
const PROBE_LIMIT_MS = 1_000;

/** Whether the server answers `srvr`, which it does once it serves. */
const isServing = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(PROBE_LIMIT_MS, () => socket.destroy());
    socket.on('connect', () => socket.end('srvr'));
    socket.on('data', (part) => {
      text += part.toString();
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(text.includes('Mode:')));
  });

async function untilServing(port: number, process: ChildProcess, errors: () => string): Promise<void> {
  const untilMs = performance.now() + READY_LIMIT_MS;
  while (!(await isServing(port))) {
    if (process.exitCode !== null || performance.now() > untilMs)
      throw new Error(`ZooKeeper did not start on port ${port}: ${errors() || 'no message'}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @param tickMs sessions last two ticks at least, and a minute at most; default 500. */
export async function startZooKeeper({ tickMs = 500 } = {}): Promise<ZooKeeperServer> {
  const jars = classPath();
  const folder = mkdtempSync(join(tmpdir(), 'aurora-zookeeper-'));
  const port = await freePort();
  const config = join(folder, 'zoo.cfg');
  writeFileSync(
    config,
    [
      `tickTime=${tickMs}`,
      `dataDir=${join(folder, 'data')}`,
      'clientPortAddress=127.0.0.1',
      `clientPort=${port}`,
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
      'maxClientCnxns=0',
      'maxSessionTimeout=60000',
    ].join('\n'),
  );
  let server: ChildProcess | undefined;

  const start = async () => {
    let errors = '';
    const started = spawn(
      'java',
      [
        '-Xmx64m',
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
    await untilServing(port, started, () => errors);
  };
  const kill = async () => {
    const running = server;
    server = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => running.on('close', () => resolve()));
    running.kill('SIGKILL');
    await gone;
  };

  try {
    await start();
  } catch (error) {
    await kill();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    port,
    address: `127.0.0.1:${port}`,
    freeze: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
