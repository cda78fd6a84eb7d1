import { offerMessage } from './offers.ts';
import { refinedForm } from './resources/wire.ts';
import { type Framework, nanoseconds } from './state.ts';

/** A framework as the events of the operator API show it. */
export const frameworkEventMessage = (framework: Framework) => ({
  ...frameworkMessage(framework),
  unregistered_time: nanoseconds(framework.unregisteredMs),
});

/** A framework as the operator API shows it. */
export const frameworkMessage = (framework: Framework) => ({
  framework_info: framework.info,
  active: framework.stream !== undefined,
  connected: framework.stream !== undefined,
  recovered: framework.recovered,
  registered_time: nanoseconds(framework.registeredMs),
  reregistered_time: nanoseconds(framework.reregisteredMs),
  ...(framework.offers.size
    ? { offers: [...framework.offers].map((record) => offerMessage(record, refinedForm)) }
    : {}),
});
