/**
 * The messages of Mesos' v1 scheduler and executor APIs as one table: message -> fields in the order of Mesos' JSON.
 * The TypeScript types are inferred from it, and both codecs walk it. A nested message has a dotted name
 * (`Offer.Operation`). The calls and events, which Mesos keeps in two packages, are SchedulerCall, SchedulerEvent,
 * ExecutorCall, ExecutorEvent. Source: Mesos 1.11.0, include/mesos/v1 (names, numbers and defaults).
 */
import { agentEnums, agentMessages } from './agent.ts';
import { checkEnums, checkMessages } from './check.ts';
import { commandEnums, commandMessages } from './command.ts';
import { containerEnums, containerMessages } from './container.ts';
import { executorApiEnums, executorApiMessages } from './executor-api.ts';
import { frameworkEnums, frameworkMessages } from './framework.ts';
import { identityEnums, identityMessages } from './identity.ts';
import { offerMessages } from './offer.ts';
import { operationEnums, operationMessages } from './operation.ts';
import { resourceEnums, resourceMessages } from './resource.ts';
import { schedulerCallEnums, schedulerCallMessages } from './scheduler-call.ts';
import { schedulerEventEnums, schedulerEventMessages } from './scheduler-event.ts';
import type { MessageField, MessageRule, MessageScalar, ScalarTypes } from './schema.ts';
import { taskEnums, taskMessages } from './task.ts';
import { volumeEnums, volumeMessages } from './volume.ts';

const messages = {
  ...identityMessages,
  ...frameworkMessages,
  ...agentMessages,
  ...resourceMessages,
  ...offerMessages,
  ...operationMessages,
  ...taskMessages,
  ...checkMessages,
  ...commandMessages,
  ...containerMessages,
  ...volumeMessages,
  ...schedulerCallMessages,
  ...schedulerEventMessages,
  ...executorApiMessages,
};

const enums = {
  ...identityEnums,
  ...frameworkEnums,
  ...agentEnums,
  ...resourceEnums,
  ...operationEnums,
  ...taskEnums,
  ...checkEnums,
  ...commandEnums,
  ...containerEnums,
  ...volumeEnums,
  ...schedulerCallEnums,
  ...schedulerEventEnums,
  ...executorApiEnums,
};

type Messages = typeof messages;
type Enums = typeof enums;
export type MessageName = keyof Messages;
export type MessageEnumName = keyof Enums;
export type MessageFieldType = MessageScalar | MessageEnumName | MessageName;

/** Fields of one message as the codecs see them. */
export type MessageFields = Readonly<Record<string, MessageField<MessageRule, MessageFieldType>>>;

/** Every message by name. Compilation fails when a field names a type that is not in the table. */
export const MESSAGES: Readonly<Record<MessageName, MessageFields>> = messages;

/** Every enum by name: value name -> number. */
export const ENUMS: Readonly<Record<MessageEnumName, Readonly<Record<string, number>>>> = enums;

type ValueOf<T> = T extends MessageScalar
  ? ScalarTypes[T]
  : T extends MessageEnumName
    ? keyof Enums[T]
    : T extends MessageName
      ? MesosMessage<T>
      : never;

type RequiredFields<F> = {
  readonly [K in keyof F as F[K] extends MessageField<'required'> ? K : never]: F[K] extends MessageField<
    MessageRule,
    infer T
  >
    ? ValueOf<T>
    : never;
};

type AbsentableFields<F> = {
  readonly [K in keyof F as F[K] extends MessageField<'required'> ? never : K]?: F[K] extends MessageField<
    infer R,
    infer T
  >
    ? R extends 'repeated'
      ? readonly ValueOf<T>[]
      : R extends 'map'
        ? Readonly<Record<string, ValueOf<T>>>
        : ValueOf<T>
    : never;
};

/**
 * A message in memory, in the shape of its JSON: snake_case names, enums as names, bytes as base64, absent fields left
 * out. Lists are optional too, because empty ones are absent on the wire.
 */
export type MesosMessage<N extends MessageName> = RequiredFields<Messages[N]> & AbsentableFields<Messages[N]>;

/** Names of an enum's values. */
export type MessageEnumValue<N extends MessageEnumName> = keyof Enums[N];
