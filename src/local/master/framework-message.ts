import { usedBy } from './framework-state.ts';
import { offerMessage } from './offers.ts';
import { add, type Pool } from './resources/pool.ts';
import { type ResourceForm, refinedForm, writeResources } from './resources/resource-form.ts';
import { type MasterFramework, type MasterState, nanoseconds } from './state.ts';

const plainForm: ResourceForm = { reservations: 'plain', allocation: true };

const basics = (framework: MasterFramework) => ({
  framework_info: framework.info,
  active: framework.stream !== undefined,
  connected: framework.stream !== undefined,
  recovered: framework.recovered,
  registered_time: nanoseconds(framework.registeredMs),
  reregistered_time: nanoseconds(framework.reregisteredMs),
});

/** A framework in the form of the operator API's events. */
export const frameworkEventMessage = (framework: MasterFramework) => ({
  ...basics(framework),
  unregistered_time: nanoseconds(framework.unregisteredMs),
});

/** A framework in the form of the operator API's answers. */
export function frameworkMessage(master: MasterState, framework: MasterFramework) {
  const records = [...framework.offers];
  const offered = records.reduce<Pool>((sum, { pool }) => add(sum, pool), []);
  const allocated = usedBy(master, framework);
  return {
    ...basics(framework),
    ...(framework.unregisteredMs === 0 ? {} : { unregistered_time: nanoseconds(framework.unregisteredMs) }),
    ...(records.length ? { offers: records.map((record) => offerMessage(record, refinedForm)) } : {}),
    ...(allocated.length ? { allocated_resources: writeResources(allocated, plainForm) } : {}),
    ...(offered.length ? { offered_resources: writeResources(offered, plainForm) } : {}),
    offer_constraints: {},
  };
}
