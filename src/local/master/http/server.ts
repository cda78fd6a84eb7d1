import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuroraError, messageOf } from '../../../base/errors.ts';
import { keepFirstLines } from '../../../base/first-lines.ts';
import { HEAD_LIMIT_MS } from '../../../base/keep-alive.ts';
import { AS_MESOS } from '../../as-mesos.ts';
import { clusterSite, foreignPage } from '../../site-guard.ts';
import type { MasterState } from '../state.ts';
import { answerText, HttpRefusal } from './answers.ts';
import { answerTogether } from './answers-together.ts';
import { route } from './endpoints.ts';

/** The master's HTTP server. */
export interface MasterServer {
  readonly port: number;
  /** The number of requests received. */
  requests(): number;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Listens on `ip`; port 0 means any free port.
 * @throws AuroraError PORT_IN_USE
 */
export async function listen(master: MasterState, ip: string, port: number): Promise<MasterServer> {
  let requests = 0;
  const site = clusterSite(ip, master.address.hostname);
  const answer: RequestListener = async (req, res) => {
    requests++;
    keepFirstLines(req);
    const refusal = foreignPage(req, site);
    if (refusal) return answerText(res, refusal.status, refusal.text);
    try {
      await route(master, req, res);
    } catch (error) {
      if (res.headersSent) return void res.destroy();
      if (error instanceof HttpRefusal) return answerText(res, error.status, error.message, error.headers);
      master.log.error({ error: messageOf(error), url: req.url }, 'a request to the embedded master failed');
      answerText(res, 500, 'Internal Server Error');
    }
  };
  const server = createServer(AS_MESOS, answer).on('checkContinue', answer).on('checkExpectation', answer);
  server.on('connection', answerTogether);
  // Subscriptions, and the connections on which schedulers make calls, may be silent for a long time.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = HEAD_LIMIT_MS;
  server.listen({ host: ip, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AuroraError('PORT_IN_USE', `the embedded master's port ${port} is in use`, {
      where: `${ip}:${port}`,
      next: 'stop what listens there, or choose another port',
      cause: error,
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}
