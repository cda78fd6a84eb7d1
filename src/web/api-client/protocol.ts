/** A value in the form in which Thrift's browser library returns it. */
interface Read<T> {
  readonly value: T;
}

/** The part of Thrift's browser library that the client needs, its protocol; the page loads the library itself. */
export interface PageProtocol {
  getTransport(): Transport;
  writeMessageBegin(name: string, type: number, sequence: number): void;
  writeMessageEnd(): void;
  writeStructBegin(name: string): void;
  writeStructEnd(): void;
  writeFieldBegin(name: string, type: number, id: number): void;
  writeFieldEnd(): void;
  writeFieldStop(): void;
  writeListBegin(type: number, size: number): void;
  writeListEnd(): void;
  writeSetBegin(type: number, size: number): void;
  writeSetEnd(): void;
  writeMapBegin(key: number, value: number, size: number): void;
  writeMapEnd(): void;
  writeBool(value: unknown): void;
  writeI32(value: unknown): void;
  writeI64(value: unknown): void;
  writeDouble(value: unknown): void;
  writeString(value: unknown): void;
  writeBinary(value: unknown): void;
  readMessageBegin(): { readonly fname: string; readonly mtype: number; readonly rseqid: number };
  readMessageEnd(): void;
  readStructBegin(): unknown;
  readStructEnd(): void;
  readFieldBegin(): { readonly ftype: number; readonly fid: number };
  readFieldEnd(): void;
  readListBegin(): { readonly size: number };
  readListEnd(): void;
  readSetBegin(): { readonly size: number };
  readSetEnd(): void;
  readMapBegin(): { readonly size: number };
  readMapEnd(): void;
  readBool(): Read<boolean>;
  readI32(): Read<number>;
  readI64(): Read<number>;
  readDouble(): Read<number>;
  readString(): Read<string>;
  readBinary(): Read<string>;
  skip(type: number): void;
}

interface Transport {
  flush(async?: boolean, callback?: () => void): unknown;
  /** Present only with jQuery. */
  jqRequest?(client: object, data: unknown, args: ArrayLike<unknown>, read: () => unknown): unknown;
}

/** Numbers of the stop type and of message types. Source: Thrift's protocol. */
export const STOP = 0;
export const MESSAGE = { call: 1, reply: 2, exception: 3 } as const;
