import type { LeaderInfo, MasterState } from './state.ts';

/** Encodes `127.0.0.1` as the little-endian number that MasterInfo has. */
const ipNumber = (ip: string): number =>
  ip
    .split('.')
    .reverse()
    .reduce((sum, part) => sum * 256 + Number(part), 0);

/** The master's info as in SUBSCRIBED and in ZooKeeper. */
export function masterInfo(master: MasterState): LeaderInfo {
  const { ip, port, hostname } = master.address;
  return {
    id: master.id,
    ip: ipNumber(ip),
    port,
    pid: `master@${ip}:${port}`,
    hostname,
    version: '1.11.0',
    address: { hostname, ip, port },
    capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }],
  };
}
