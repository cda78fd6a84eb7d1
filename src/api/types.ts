import type { I64 } from './i64.ts';
import type { TYPES } from './tables/all.ts';
import type { CALLS } from './tables/calls.ts';
import type { ENUMS } from './tables/enums.ts';

/**
 * The TypeScript types, derived from the tables. `Struct` and `Union` are normalised values (each named in names.ts);
 * `Wire` is the same value as it may arrive: any field may be missing, at any depth.
 */
type Tables = typeof TYPES;
export type EnumName = keyof typeof ENUMS;
export type TypeName = keyof Tables;
type Kind<K extends string> = {
  [N in TypeName]: Tables[N] extends { readonly [P in K]: object } ? N : never;
}[TypeName];
export type StructName = Kind<'struct'>;
export type UnionName = Kind<'union'>;

/** The members of an enum; in memory an enum is its name. */
export type EnumValue<E extends EnumName> = keyof (typeof ENUMS)[E] & string;

type StructFields<N extends StructName> = Tables[N] extends { readonly struct: infer F } ? F : never;
type UnionFields<N extends UnionName> = Tables[N] extends { readonly union: infer F } ? F : never;
type TypeOf<F> = F extends readonly [number, infer T, ...unknown[]] ? T : never;

interface Scalars {
  bool: boolean;
  i32: number;
  i64: I64;
  double: number;
  string: string;
  binary: Uint8Array;
}

/** Types that are filled in even where the field is optional. */
type Filled = 'bool' | 'i32' | 'i64' | 'double' | `${'set' | 'list' | 'map'}<${string}`;
type MayBeUnset<F> = F extends readonly [number, infer T, infer P]
  ? P extends 'unset'
    ? true
    : P extends 'opt'
      ? T extends Filled
        ? false
        : true
      : false
  : false;
type UnsetKeys<T> = { [K in keyof T]: MayBeUnset<T[K]> extends true ? K : never }[keyof T];

/** A normalised struct: fields that normalising fills in are required, the others optional. */
export type Struct<N extends StructName> = {
  readonly [K in Exclude<keyof StructFields<N>, UnsetKeys<StructFields<N>>>]: Value<
    TypeOf<StructFields<N>[K]>
  >;
} & { readonly [K in UnsetKeys<StructFields<N>>]?: Value<TypeOf<StructFields<N>[K]>> };

/** A normalised union: an object with exactly one key. */
export type Union<N extends UnionName> = {
  [K in keyof UnionFields<N>]: { readonly [P in K]: Value<TypeOf<UnionFields<N>[K]>> } & {
    readonly [P in Exclude<keyof UnionFields<N>, K>]?: never;
  };
}[keyof UnionFields<N>];

type Value<T> = T extends keyof Scalars
  ? Scalars[T]
  : T extends EnumName
    ? EnumValue<T>
    : T extends StructName
      ? Struct<T>
      : T extends UnionName
        ? Union<T>
        : T extends `${'set' | 'list'}<${infer E}>`
          ? readonly Value<E>[]
          : T extends `map<string,${infer E}>`
            ? { readonly [key: string]: Value<E> }
            : never;

/**
 * A struct as it may arrive, and as the encoders accept it: every field may be missing, at any depth. An enum number without
 * a name leaves its field unset; in a set it is kept as a number, so that a filter does not become wider than intended.
 */
export type WireStruct<N extends StructName> = {
  readonly [K in keyof StructFields<N>]?: WireValue<TypeOf<StructFields<N>[K]>> | undefined;
};

/** A union as it may arrive: at most one key; none if its only member is unknown to us. */
export type WireUnion<N extends UnionName> =
  | {
      [K in keyof UnionFields<N>]: { readonly [P in K]: WireValue<TypeOf<UnionFields<N>[K]>> } & {
        readonly [P in Exclude<keyof UnionFields<N>, K>]?: never;
      };
    }[keyof UnionFields<N>]
  | { readonly [K in keyof UnionFields<N>]?: never };

type WireValue<T> = T extends StructName
  ? WireStruct<T>
  : T extends UnionName
    ? WireUnion<T>
    : T extends `${'set' | 'list'}<${infer E}>`
      ? readonly (E extends EnumName ? EnumValue<E> | number : WireValue<E>)[]
      : T extends `map<string,${infer E}>`
        ? { readonly [key: string]: WireValue<E> }
        : Value<T>;

/** The normalised type called `N`. */
export type Normal<N extends TypeName> = N extends StructName
  ? Struct<N>
  : N extends UnionName
    ? Union<N>
    : never;

/** The decoded, not yet normalised type called `N`. */
export type Wire<N extends TypeName> = N extends StructName
  ? WireStruct<N>
  : N extends UnionName
    ? WireUnion<N>
    : never;

/** A method of any of the three services. */
export type CallName = keyof typeof CALLS;
type Args<M extends CallName> = (typeof CALLS)[M]['args'];
type UnsetArgs<M extends CallName> = {
  [K in keyof Args<M>]: Args<M>[K] extends readonly [number, string, 'unset'] ? K : never;
}[keyof Args<M>];

/** The arguments that a caller passes: `CallArgs<'createJob'>` is `{ description: ... }`. Values need not be normalised. */
export type CallArgs<M extends CallName> = {
  readonly [K in Exclude<keyof Args<M>, UnsetArgs<M>>]: WireValue<TypeOf<Args<M>[K]>>;
} & { readonly [K in UnsetArgs<M>]?: WireValue<TypeOf<Args<M>[K]>> | undefined };

/** The arguments that a server receives; any of them may be missing. */
export type WireArgs<M extends CallName> = {
  readonly [K in keyof Args<M>]?: WireValue<TypeOf<Args<M>[K]>>;
};

/** The member of Result in a successful reply, or `never`. */
export type ResultMember<M extends CallName> = (typeof CALLS)[M] extends { readonly result: infer R }
  ? R
  : never;
