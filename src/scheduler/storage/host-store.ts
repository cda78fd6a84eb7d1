import { type Attribute, decodeStruct, encodeStruct, normalise } from '../../api/index.ts';
import { keyedTable } from './keyed-table.ts';
import { setsBy } from './sets-by.ts';
import type { Stored } from './small-stores.ts';
import { type Gate, OP } from './store-table.ts';
import type { AgentAttributes, WriteHosts, WriteModes } from './stores.ts';

/** How many agents of one host are remembered at most: an agent that restarts without recovery gets a new id each time. */
const MAX_AGENTS = 16;

/** The key of an entry; agent ids never begin with the slash that marks an entry without one. */
const keyOf = ({ slaveId, host }: AgentAttributes): string => slaveId ?? `/${host}`;

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && (a.every((text, at) => text === b[at]) || a.every((text) => b.includes(text)));

const sameAttribute = (a: Attribute, b: Attribute | undefined): boolean =>
  b !== undefined && a.name === b.name && sameTexts(a.values, b.values);

/** Attributes are sets of names with sets of values, but they mostly arrive in the same order. */
function sameAttributes(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((one, at) => sameAttribute(one, b[at]) || b.some((other) => sameAttribute(one, other)));
}

const same = (a: AgentAttributes, b: AgentAttributes): boolean =>
  a === b || (a.host === b.host && a.slaveId === b.slaveId && sameAttributes(a.attributes, b.attributes));

/** Attributes of agents, by agent id, because several agents may run on one host. */
export function hostStore(gate: Gate, modes: Pick<WriteModes, 'set'>): Stored<WriteHosts, AgentAttributes> {
  const byHost = setsBy<string, string>();
  let version = 0;
  const changed = (before: AgentAttributes | undefined, after: AgentAttributes | undefined) => {
    version++;
    if (before && before.host !== after?.host) byHost.remove(before.host, keyOf(before));
    if (after) byHost.add(after.host, keyOf(after));
  };
  const table = keyedTable<AgentAttributes>({
    gate,
    saveOp: OP.saveAgent,
    deleteOp: OP.deleteAgent,
    changed,
    encode: (agent) => encodeStruct('HostAttributes', agent),
    decode(bytes) {
      const { mode, ...agent } = normalise('HostAttributes', decodeStruct('HostAttributes', bytes));
      // The oldest logs store the host's mode in the entry of each of its agents; later ones do not.
      if (mode !== undefined) modes.set(agent.host, mode);
      return agent;
    },
  });
  const { values } = table;
  const ofHost = (host: string) => byHost.of(host).flatMap((key) => values.get(key) ?? []);

  const store: WriteHosts = {
    get: (host) => ofHost(host).at(-1),
    ofHost,
    ofAgent: (agentId) => values.get(agentId),
    all: () => values.values(),
    version: () => version,
    get size() {
      return values.size;
    },
    save(attributes) {
      const key = keyOf(attributes);
      const old = values.get(key);
      if (old && same(old, attributes)) return false;
      // Later agents come last in the list, so the agents that joined first are dropped.
      if (!old)
        for (const other of ofHost(attributes.host).slice(0, 1 - MAX_AGENTS)) table.delete(keyOf(other));
      table.save(key, attributes);
      return true;
    },
    forget(agentId) {
      const host = values.get(agentId)?.host;
      return host !== undefined && byHost.count(host) > 1 && table.delete(agentId);
    },
    remove: (agentId) => table.delete(agentId),
  };
  return { store, table };
}
