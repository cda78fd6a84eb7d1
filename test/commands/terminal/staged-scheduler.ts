import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Call,
  decodeMessage,
  type EnumValue,
  encodeMessage,
  type Wire,
} from '../../../src/api/index.ts';

type Status = EnumValue<'ScheduleStatus'>;

/** A scheduler with one job, web/prod/api, whose instances are in the states that the test says. */
export interface StagedScheduler {
  readonly port: number;
  /** The state of each instance from now on. */
  stage(...statuses: readonly Status[]): void;
  /** The states at each further look at the tasks; the last of them stay. */
  stages(...looks: readonly (readonly Status[])[]): void;
  close(): Promise<void>;
}

const KEY = { role: 'web', environment: 'prod', name: 'api' };

const taskOf = (status: Status, instanceId: number): Wire<'ScheduledTask'> => ({
  status,
  assignedTask: { taskId: `t${instanceId}`, instanceId },
  taskEvents: [{ timestamp: 1, status: 'PENDING' }],
});

export async function stagedScheduler(): Promise<StagedScheduler> {
  let looks: (readonly Status[])[] = [[]];

  /** The tasks that a query asks for. */
  function found({ args }: Call): Wire<'Result'> {
    const [states = []] = looks;
    if (looks.length > 1) looks = looks.slice(1);
    const { statuses, instanceIds } = (args as { readonly query?: Wire<'TaskQuery'> }).query ?? {};
    const tasks = states
      .map(taskOf)
      .filter((_, at) => !instanceIds?.length || instanceIds.includes(at))
      .filter(({ status }) => !statuses?.length || statuses.includes(status as Status));
    return { scheduleStatusResult: { tasks } };
  }

  const results: Readonly<Record<string, (call: Call) => Wire<'Result'>>> = {
    getTasksWithoutConfigs: found,
    getTierConfigs: () => ({ getTierConfigResult: { defaultTierName: 'preemptible', tiers: [] } }),
    getRoleSummary: () => ({ roleSummaryResult: { summaries: [{ role: 'web' }, { role: 'www' }] } }),
    getJobs: () => ({ getJobsResult: { configs: [{ key: KEY }, { key: { ...KEY, name: 'app' } }] } }),
    getPendingReason: () => ({
      getPendingReasonResult: { reasons: [{ taskId: 't1', reason: 'Insufficient: CPU' }] },
    }),
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = decodeMessage(Buffer.concat(chunks), 'binary') as Call;
    const { method, seqid } = call;
    const result = results[method]?.(call);
    // As with the original's scheduler, restarts are the client's.
    const isUnknown = method === 'startJobRestart';
    response.setHeader('Content-Type', 'application/vnd.apache.thrift.binary');
    response.end(
      encodeMessage(
        isUnknown
          ? { kind: 'exception', method, seqid, type: 'UNKNOWN_METHOD' }
          : { kind: 'reply', method, seqid, response: { responseCode: 'OK', ...(result ? { result } : {}) } },
        'binary',
      ),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    stage(...statuses) {
      looks = [statuses];
    },
    stages(...next) {
      looks = [...next];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
