import { Worker } from 'node:worker_threads';
import type { Node } from '../schema/node.ts';

/** The result of evaluating a user's file. */
export interface Evaluated {
  /** Names that the file exports. */
  readonly exports: readonly string[];
  /** The default export; undefined when there is none. */
  readonly jobs: Node | undefined;
}

/** Why a file could not be evaluated. `stack` refers to the bundled text. */
export interface EvaluationFailure {
  readonly failed: 'threw' | 'rejected' | 'timed out' | 'exited' | 'out of memory';
  readonly message: string;
  readonly stack?: string | undefined;
}

/** Name of the bundled text in stack traces. */
export const BUNDLE_NAME = 'aurora-bundle.js';

/** Memory limit of a file, in MB of the heap's old generation. */
const MOST_HEAP_MB = 512;

/**
 * The program of the thread: it waits for the bundle, so that it can start while the bundle is being made. It is a text
 * because a thread needs a file or a text to start from, and this needs no file.
 */
const WAITING = `
const { parentPort } = require('node:worker_threads');
const tell = (failed) => (error) => parentPort.postMessage({
  failed, message: error instanceof Error ? error.name + ': ' + error.message : String(error),
  stack: error instanceof Error ? String(error.stack) : undefined });
process.on('unhandledRejection', tell('rejected'));
process.on('uncaughtException', tell('threw'));
parentPort.once('message', (code) => import('data:text/javascript;base64,' + code).catch(tell('threw')));
`;

/** A thread that is ready to evaluate a bundle. */
interface Evaluation {
  /** Runs the bundle; resolves when the file has been evaluated or has failed, and the thread has ended. */
  run(code: string, timeLimitMs: number): Promise<Evaluated | EvaluationFailure>;
  /** Ends a thread that is not needed. */
  cancel(): Promise<void>;
}

/**
 * Starts a thread with a module world of its own, so that a user's file cannot reach into the program that loads it.
 * Output of the file goes to stderr, because stdout is for the command's result.
 */
export function startEvaluation(binds: Readonly<Record<string, string>>): Evaluation {
  const worker = new Worker(WAITING, {
    eval: true,
    execArgv: [],
    stdout: true,
    workerData: { binds },
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  });
  worker.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
  worker.on('error', () => {});
  return {
    async run(code, timeLimitMs) {
      try {
        return await outcome(worker, code, timeLimitMs);
      } finally {
        await worker.terminate();
      }
    },
    async cancel() {
      await worker.terminate();
    },
  };
}

function outcome(worker: Worker, code: string, timeLimitMs: number): Promise<Evaluated | EvaluationFailure> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      const message = `not done after ${timeLimitMs / 1000} s`;
      resolve({ failed: 'timed out', message });
    }, timeLimitMs);
    const settle = (result: Evaluated | EvaluationFailure) => {
      clearTimeout(timer);
      resolve(result);
    };
    worker.on('message', settle);
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      settle({ failed: memory ? 'out of memory' : 'threw', message: error.message, stack: error.stack });
    });
    worker.on('exit', (exitCode) =>
      settle({ failed: 'exited', message: `ended the process with code ${exitCode}` }),
    );
    worker.postMessage(Buffer.from(`${code}\n//# sourceURL=${BUNDLE_NAME}\n`).toString('base64'));
  });
}
