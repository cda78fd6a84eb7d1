import { BUILD } from '../master/operator-state.ts';
import {
  agentFlags,
  agentMetrics,
  agentState,
  containerStatistics,
  runningExecutors,
} from './agent-state-view.ts';
import type { AgentCore } from './core.ts';
import { executorApi } from './executor-api.ts';
import { filesEndpoints } from './files-endpoints.ts';
import { type HttpHandler, type HttpRequest, textReply } from './http-server.ts';
import { jsonReply } from './json-reply.ts';
import { operatorApi } from './operator-api.ts';

/** Running containers and their usage; /containers has more about each than /monitor/statistics. */
function containers(core: AgentCore, request: HttpRequest, isWhole: boolean) {
  return jsonReply(
    request,
    runningExecutors(core).map((executor) => ({
      ...(isWhole && { container_id: executor.run.containerId }),
      executor_id: executor.id,
      executor_name: executor.info.name ?? '',
      framework_id: executor.framework.id,
      source: executor.info.source ?? '',
      statistics: containerStatistics(core, executor),
      ...(isWhole && {
        status: {
          container_id: { value: executor.run.containerId },
          ...(executor.container?.leader && { executor_pid: executor.container.leader.pid }),
        },
      }),
    })),
  );
}

/** Maps paths to handlers. `/slave(1)/...` is the same as `/...`; the rest below /api/v1 is the operator API. */
export function agentRoutes(core: AgentCore): HttpHandler {
  const endpoints: Readonly<Record<string, HttpHandler>> = {
    '/api/v1/executor': (request) => executorApi(core, request),
    '/health': () => ({ status: 200, headers: [], body: '' }),
    '/version': (request) => jsonReply(request, BUILD),
    '/state': (request) => jsonReply(request, agentState(core)),
    '/flags': (request) => jsonReply(request, { flags: agentFlags(core) }),
    '/containers': (request) => containers(core, request, true),
    '/monitor/statistics': (request) => containers(core, request, false),
    '/metrics/snapshot': (request) => jsonReply(request, agentMetrics(core)),
    ...filesEndpoints(core),
  };
  return (request) => {
    const path = request.path.replace(/^\/slave\(1\)(?=\/)/, '').replace(/(?<=.)\/$/, '');
    const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
    if (endpoint) return endpoint(request);
    if (path === '/api/v1' || path.startsWith('/api/v1/')) return operatorApi(core, request);
    return textReply(404, '404 Not Found.');
  };
}
