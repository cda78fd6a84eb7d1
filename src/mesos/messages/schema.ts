/** TypeScript type of each scalar in memory, which is also its shape in Mesos' JSON. */
export interface ScalarTypes {
  string: string;
  bool: boolean;
  double: number;
  float: number;
  int32: number;
  uint32: number;
  /** Values beyond 2^53 become the nearest double, as in JSON readers; writers keep them within 64 bits. */
  int64: number;
  uint64: number;
  /** Standard base64 with padding. */
  bytes: string;
}

export type MessageScalar = keyof ScalarTypes;

/** `map` means a map from strings to values of the field's type. */
export type MessageRule = 'required' | 'optional' | 'repeated' | 'map';

/** One field of a message. Fields are listed in the order in which Mesos writes them as JSON. */
export interface MessageField<R extends MessageRule = MessageRule, T extends string = string> {
  readonly rule: R;
  /** Number in protobuf. */
  readonly id: number;
  /** A scalar, or an enum or message of the table. */
  readonly type: T;
  /** The value of an absent field. Mesos writes it to JSON even if it was never set. */
  readonly fallback: string | number | boolean | undefined;
}

type Fallback = string | number | boolean;

/** A field without which the message is refused. */
export const required = <const T extends string>(
  id: number,
  type: T,
  fallback?: Fallback,
): MessageField<'required', T> => ({ rule: 'required', id, type, fallback });

/** A field that may be absent. */
export const optional = <const T extends string>(
  id: number,
  type: T,
  fallback?: Fallback,
): MessageField<'optional', T> => ({ rule: 'optional', id, type, fallback });

/** A list; an empty one counts as absent. */
export const repeated = <const T extends string>(id: number, type: T): MessageField<'repeated', T> => ({
  rule: 'repeated',
  id,
  type,
  fallback: undefined,
});

/** A map from strings; an empty one counts as absent. */
export const map = <const T extends string>(id: number, type: T): MessageField<'map', T> => ({
  rule: 'map',
  id,
  type,
  fallback: undefined,
});
