/**
 * The tables by name, as encoders and decoders ask for them. The command line's bundles contain another version of this
 * file, which keeps each entry as text until it is asked for (scripts/lib/tables-as-text.js): a command needs few of them.
 */
import type { CallName, TypeName } from '../types.ts';
import { TYPES } from './all.ts';
import { CALLS } from './calls.ts';
import type { Definitions, FieldTable } from './definitions.ts';

/** The definition of a struct or union; undefined when there is none of that name. */
export const definitionOf = (name: string): Definitions[string] | undefined =>
  Object.hasOwn(TYPES, name) ? TYPES[name as TypeName] : undefined;

/** Whether any of the three services offers the method. */
export const isCallName = (method: string): method is CallName => Object.hasOwn(CALLS, method);

/** The arguments of a call. */
export const argumentsOf = (method: CallName): FieldTable => CALLS[method].args;
