/**
 * The notation of the tables.
 *
 * A field is `name: [id, type]` or `name: [id, type, presence]`. Types are written as in the interface definition:
 * `bool i32 i64 double string binary`, the name of an enum, struct or union, `set<T>`, `list<T>`, `map<string,T>`. Ids
 * are not contiguous: missing ones belonged to removed fields and must not be reused.
 */
export type Definitions = Readonly<
  Record<string, { readonly struct: FieldTable } | { readonly union: FieldTable }>
>;

export type FieldTable = Readonly<Record<string, Field>>;

export type Field = readonly [id: number, type: string, presence?: Presence];

/**
 * How normalising treats an absent field:
 * - no mark: required; primitives and collections are filled in, anything else is an error,
 * - `opt` (the `optional` keyword): primitives and collections are filled in, anything else stays unset,
 * - `unset`: stays unset, whatever its type and keyword,
 * - an object: the default of the interface definition, filled in by every decoder.
 */
export type Presence = 'opt' | 'unset' | object;

export type Calls = Readonly<
  Record<
    string,
    {
      readonly service: ServiceName;
      readonly args: FieldTable;
      readonly result?: string;
      /** Marks a read-only call of a service that otherwise changes things. */
      readonly reads?: true;
    }
  >
>;

export type ServiceName = 'ReadOnlyScheduler' | 'AuroraSchedulerManager' | 'AuroraAdmin';
