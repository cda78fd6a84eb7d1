import type { AgentCore } from './core.ts';
import { executorApi } from './executor-api.ts';
import { type HttpHandler, textReply } from './http-server.ts';

/** Which part answers which path. `/slave(1)/...` is the same as `/...`. */
export function agentRoutes(core: AgentCore): HttpHandler {
  return (request) => {
    const path = request.path.replace(/^\/slave\(1\)(?=\/)/, '').replace(/(?<=.)\/$/, '');
    if (path === '/api/v1/executor') return executorApi(core, request);
    return textReply(404, '404 Not Found.');
  };
}
