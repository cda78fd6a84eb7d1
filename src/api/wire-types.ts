/** The marks of a type on the wire: its code in TBinary, its tag in TJSON. */
export interface WireType {
  readonly code: number;
  readonly tag: string;
  /** The smallest number of bytes that a value takes in TBinary. */
  readonly leastBytes: number;
  /** Whether every value takes exactly `leastBytes`. */
  readonly fixed: boolean;
}

const fixed = (code: number, tag: string, leastBytes: number): WireType => ({
  code,
  tag,
  leastBytes,
  fixed: true,
});
const growing = (code: number, tag: string, leastBytes: number): WireType => ({
  code,
  tag,
  leastBytes,
  fixed: false,
});

/** Every type of Thrift; enums are sent as i32, unions as struct, binary as string. */
export const WIRE_TYPES = {
  bool: fixed(2, 'tf', 1),
  byte: fixed(3, 'i8', 1),
  double: fixed(4, 'dbl', 8),
  i16: fixed(6, 'i16', 2),
  i32: fixed(8, 'i32', 4),
  i64: fixed(10, 'i64', 8),
  string: growing(11, 'str', 4),
  struct: growing(12, 'rec', 1),
  map: growing(13, 'map', 6),
  set: growing(14, 'set', 5),
  list: growing(15, 'lst', 5),
} as const satisfies Record<string, WireType>;

const all: readonly WireType[] = Object.values(WIRE_TYPES);
const byCode: readonly (WireType | undefined)[] = Array.from({ length: 16 }, (_, code) =>
  all.find((type) => type.code === code),
);
const tags: ReadonlySet<string> = new Set(all.map(({ tag }) => tag));

/** The type with that code; undefined when there is none. */
export const wireTypeOfCode = (code: number): WireType | undefined => byCode[code];

/** Whether a tag exists. */
export const isTag = (tag: string): boolean => tags.has(tag);
