/**
 * Sends calls one after another and reports how long each took, including reading its whole reply. Runs in a thread of
 * its own.
 */
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

export interface TimedCalls {
  readonly port: number;
  readonly contentType: string;
  /** Sent in turn, again and again. */
  readonly bodies: readonly Uint8Array[];
  readonly calls: number;
}

const { port, contentType, bodies, calls } = workerData as TimedCalls;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const headers = { 'Content-Type': contentType, Accept: contentType };

const once = (body: Uint8Array): Promise<number> =>
  new Promise((resolve, reject) => {
    const startMs = performance.now();
    const call = { agent, host: '127.0.0.1', port, path: '/api', method: 'POST', headers };
    const sent = request(call, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - startMs);
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });

const tookMs: number[] = [];
for (let at = 0; at < calls; at++) tookMs.push(await once(bodies[at % bodies.length] as Uint8Array));
agent.destroy();
parentPort?.postMessage(tookMs);
