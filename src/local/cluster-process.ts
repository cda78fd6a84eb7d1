import { type Clock, systemClock, type Timer } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { identify } from '../proc/process-id.ts';
import { startCluster } from './cluster.ts';
import { clearFiles, clusterFiles, prepareFiles, takeLock, writeRecord } from './cluster-files.ts';
import { type ClusterProcessOptions, LOCKED_EXIT_CODE } from './process-options.ts';

/** How often to check whether a scheduler is connected. */
const LOOK_MS = 500;

/** Calls `leave` when the cluster has not been used for `idleMs`. Returns a function that stops watching. */
function watchIdle(clock: Clock, idleMs: number, isUsed: () => boolean, leave: () => void): () => void {
  let usedMs = clock.monotonicMs();
  let timer: Timer;
  const look = () => {
    if (isUsed()) usedMs = clock.monotonicMs();
    if (clock.monotonicMs() - usedMs >= idleMs) leave();
    else timer = clock.after(LOOK_MS, look);
  };
  timer = clock.after(LOOK_MS, look);
  return () => timer.cancel();
}

/** Writes one JSON object a line, as pino does. */
const lineLogger = (): Logger => {
  const write = (level: number) => (fields: object, text: string) =>
    void process.stderr.write(`${JSON.stringify({ level, time: Date.now(), ...fields, msg: text })}\n`);
  return { debug: () => {}, info: write(30), warn: write(40), error: write(50) };
};

/**
 * Runs the embedded cluster in this process until SIGTERM, SIGINT or SIGHUP, or until no scheduler has been subscribed
 * for `idleMs`. Then it ends all executors with their process trees.
 * @returns the exit code: 0, LOCKED_EXIT_CODE when another cluster has the directory, or 1; with a message on stderr
 */
export async function runClusterProcess(options: ClusterProcessOptions): Promise<number> {
  const log = lineLogger();
  const files = clusterFiles(options.dataDir);
  const me = identify(process.pid);
  try {
    prepareFiles(files);
    // The working directory may be unmounted or removed while this process lives.
    process.chdir(files.dir);
    if (!me || !(await takeLock(files))) {
      process.stderr.write(`another embedded cluster already uses ${files.dir}\n`);
      return LOCKED_EXIT_CODE;
    }
    const cluster = await startCluster({ ...options, workDir: files.workDir, log });
    writeRecord(files, { ...me, master: cluster.master });
    log.info({ master: cluster.master }, 'the embedded cluster is ready');
    let requestsBefore = 0;
    // A launcher that checks our health is about to send a scheduler, so requests count as use, too.
    const isUsed = () => {
      const requests = cluster.requests();
      const isAsked = requests !== requestsBefore;
      requestsBefore = requests;
      return isAsked || cluster.connectedFrameworks() > 0;
    };
    const reason = await new Promise<string>((leave) => {
      const stopWatching = watchIdle(systemClock, options.idleMs, isUsed, () =>
        leave('no scheduler is subscribed'),
      );
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
        process.once(signal, () => {
          stopWatching();
          leave(signal);
        });
    });
    log.info({ reason }, 'the embedded cluster stops');
    await cluster.stop();
    clearFiles(files);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof AuroraError ? error.message : messageOf(error)}\n`);
    if (me) clearFiles(files);
    return 1;
  }
}
