import fc from 'fast-check';
import type { MessageName } from '../../src/mesos/index.ts';
import { planOf } from '../../src/mesos/messages/plan.ts';
import { ENUMS } from '../../src/mesos/messages/table.ts';

/** Any message of the table, three messages deep. */
export function anyMessage(name: MessageName, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const required: string[] = [];
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of planOf(name).fields) {
    if (field.kind === 'message' && depth > 2 && field.rule !== 'required') continue;
    const one = (): fc.Arbitrary<unknown> => {
      if (field.kind === 'message') return anyMessage(field.type, depth + 1);
      if (field.kind === 'enum') return fc.constantFrom(...Object.keys(ENUMS[field.type]));
      switch (field.type) {
        case 'string':
          return fc.string({ unit: 'binary', maxLength: 200 });
        case 'bytes':
          return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64'));
        case 'bool':
          return fc.boolean();
        case 'double':
          return fc.double({ noNaN: true });
        case 'float':
          return fc.float({ noNaN: true });
        case 'int32':
          return fc.integer();
        case 'uint32':
          return fc.integer({ min: 0, max: 2 ** 32 - 1 });
        case 'uint64':
          return fc.maxSafeNat();
        case 'int64':
          return fc.maxSafeInteger();
      }
    };
    if (field.rule === 'required') required.push(field.name);
    if (field.rule === 'repeated') members[field.name] = fc.array(one(), { minLength: 1, maxLength: 2 });
    else if (field.rule === 'map')
      members[field.name] = fc.dictionary(fc.string(), one(), {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      });
    else members[field.name] = one();
  }
  return fc.record(members, { requiredKeys: required as never[], noNullPrototype: true });
}
