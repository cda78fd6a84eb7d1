import fc from 'fast-check';
import { type Offer, toJson } from '../../src/mesos/index.ts';

/** Texts that look like parts of a record. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'executor_ids',
    '"executor_ids":[',
    '"}]',
    '\\"',
    'ä"]}',
    '\u2028{',
    ',{"id":',
    '},{"id":{"value":"',
  ),
);

/** An offer with whatever texts. */
export const anyOffer = fc
  .record({
    id: text,
    hostname: text,
    executors: fc.array(text, { maxLength: 4 }),
    attribute: text,
  })
  .map(
    ({ id, hostname, executors, attribute }): Offer => ({
      id: { value: id },
      framework_id: { value: 'f' },
      agent_id: { value: 'a' },
      hostname,
      attributes: [{ name: attribute, type: 'TEXT', text: { value: attribute } }],
      ...(executors.length > 0 ? { executor_ids: executors.map((value) => ({ value })) } : {}),
    }),
  );

/** The record of these offers, as a master writes it. */
export const recordOf = (offers: readonly Offer[]) =>
  Buffer.from(toJson('SchedulerEvent', { type: 'OFFERS', offers: { offers } }));
