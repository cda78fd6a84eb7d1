/** Sends calls over a few connections that stay open, a batch for each message. Runs in a thread of its own. */
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

export interface ManyCalls {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How many calls to send for each message. */
  readonly calls: number;
  readonly connections: number;
}

const { port, headers, body, calls, connections } = workerData as ManyCalls;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

const once = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const call = { agent, host: '127.0.0.1', port, path: '/api', method: 'POST', headers };
    const sent = request(call, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });

parentPort?.on('message', async () => {
  let left = calls;
  const lane = async () => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: connections }, lane));
  parentPort?.postMessage('done');
});
