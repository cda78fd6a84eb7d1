import type { Context, Hono } from 'hono';
import type { MaintenanceMode } from '../../../api/index.ts';
import {
  CONSUMPTION_METRICS,
  type ConsumptionMetric,
  consumptionBy,
  isConsumptionMetric,
} from '../../metrics/consumption.ts';
import { NOTHING, plus, type QuotaAmounts } from '../../quota/quota-amounts.ts';
import type { AgentAttributes } from '../../storage/index.ts';
import type { CallerEnv } from '../caller.ts';
import { slicedBody } from '../sliced-body.ts';
import { escaped, link, tablePage } from './html.ts';
import type { PageSettings } from './page-settings.ts';

/** Port of the original's observer on every agent. */
const OBSERVER_PORT = 1338;

const html = (c: Context, parts: Iterable<string>): Response =>
  c.body(slicedBody(parts), 200, { 'Content-Type': 'text/html; charset=utf-8' });

const attributesText = ({ attributes }: AgentAttributes): string =>
  [...attributes]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, values }) => `${name}=[${values.join(',')}]`)
    .join(', ');

const agentRow = (agent: AgentAttributes, mode: MaintenanceMode): string[] => [
  link(`http://${agent.host}:${OBSERVER_PORT}`, agent.host),
  escaped(agent.slaveId ?? ''),
  escaped(mode),
  escaped(attributesText(agent)),
];

function* agentRows(
  agents: readonly AgentAttributes[],
  modes: ReadonlyMap<string, MaintenanceMode>,
): Generator<string[]> {
  for (const agent of agents) yield agentRow(agent, modes.get(agent.host) ?? 'NONE');
}

const amountCells = ({ cpus, ramMb, diskMb }: QuotaAmounts): string[] => [
  String(Math.trunc(cpus)),
  `${Math.trunc(ramMb)} MB`,
  `${Math.trunc(diskMb)} MB`,
];

const titleOf = (metric: ConsumptionMetric): string => metric.replaceAll('_', ' ');

const total = (amounts: Iterable<QuotaAmounts>): QuotaAmounts => [...amounts].reduce(plus, NOTHING);

/**
 * HTML tables: agents (/agents, /slaves), and resources used by the cluster, by role for a metric, or by job for a
 * role.
 */
export function tablePages(app: Hono<CallerEnv>, { clusterName, storage }: PageSettings): void {
  const agents = (c: Context) => {
    const [known, modes] = storage.read((stores) => [[...stores.hosts.all()], new Map(stores.modes.all())]);
    const heads = ['Host', 'Agent ID', 'Maintenance mode', 'Attributes'];
    return html(c, tablePage(`Aurora ${clusterName} agents`, heads, agentRows(known, modes)));
  };
  app.get('/agents', agents);
  app.get('/slaves', agents);

  const usage = (c: Context, rows: Iterable<readonly [cell: string, amounts: QuotaAmounts]>) => {
    const cells = [...rows].map(([cell, amounts]) => [cell, ...amountCells(amounts)]);
    return html(c, tablePage(`Aurora ${clusterName} utilization`, ['Type', 'CPU', 'RAM', 'Disk'], cells));
  };
  app.get('/utilization', (c) =>
    usage(
      c,
      storage.read((stores) =>
        CONSUMPTION_METRICS.map((metric) => [
          link(`/utilization/${metric}`, titleOf(metric)),
          total(consumptionBy(stores, metric, () => '').values()),
        ]),
      ),
    ),
  );
  app.get('/utilization/:metric/:role?', (c) => {
    const { metric, role } = c.req.param();
    if (metric === undefined || !isConsumptionMetric(metric.toLowerCase()))
      return c.text('Invalid metric type.\n', 400);
    const wanted = metric.toLowerCase() as ConsumptionMetric;
    const keyOf = (job: { role: string; name: string }) =>
      role === undefined ? job.role : job.role === role ? job.name : undefined;
    const sums = storage.read((stores) => consumptionBy(stores, wanted, keyOf));
    const cell = (key: string) =>
      role === undefined ? link(`/utilization/${wanted}/${encodeURIComponent(key)}`, key) : escaped(key);
    return usage(
      c,
      [...sums].map(([key, amounts]) => [cell(key), amounts]),
    );
  });
}
