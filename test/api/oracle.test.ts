import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encodeMessage, encodeTJson, type Protocol } from '../../src/api/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { valuesOfType } from './random-values.ts';

/** The parts of the `thrift` package's readers that the oracle needs; the package has no types. */
interface ForeignReader {
  readMessageBegin(): { fname: string; mtype: number; rseqid: number };
  readStructBegin(): void;
  readStructEnd(): void;
  readFieldBegin(): { ftype: number; fid: number };
  readFieldEnd(): void;
  readListBegin(): { etype: number; size: number };
  readListEnd(): void;
  readSetBegin(): { etype: number; size: number };
  readSetEnd(): void;
  readMapBegin(): { ktype: number; vtype: number; size: number };
  readMapEnd(): void;
  readBool(): boolean;
  readDouble(): number;
  readI32(): number;
  readI64(): { toOctets(): string } | number;
  readString(): string;
}

const require = createRequire(import.meta.url);
const thrift = require('thrift');

const readerOf = (protocol: Protocol, bytes: Uint8Array): ForeignReader => {
  const transport = new thrift.TBufferedTransport();
  transport.inBuf = Buffer.from(bytes);
  transport.writeCursor = bytes.length;
  return new thrift[protocol === 'binary' ? 'TBinaryProtocol' : 'TJSONProtocol'](transport);
};

const STRUCT = 12;

/** Everything that another implementation finds in our bytes: ids, types and values. */
function found(reader: ForeignReader, type: number): unknown {
  const many = (size: number, element: number) => Array.from({ length: size }, () => found(reader, element));
  switch (type) {
    case 2:
      return Boolean(reader.readBool());
    case 4:
      return Number(reader.readDouble());
    case 8:
      return reader.readI32();
    case 10:
      return String(reader.readI64());
    case 11:
      return reader.readString();
    case STRUCT: {
      const fields: unknown[] = [];
      reader.readStructBegin();
      for (;;) {
        const { ftype, fid } = reader.readFieldBegin();
        if (ftype === 0) break;
        fields.push([fid, ftype, found(reader, ftype)]);
        reader.readFieldEnd();
      }
      reader.readStructEnd();
      return fields;
    }
    case 13: {
      const { ktype, vtype, size } = reader.readMapBegin();
      const entries = Array.from({ length: size }, () => [found(reader, ktype), found(reader, vtype)]);
      reader.readMapEnd();
      return entries;
    }
    case 14: {
      const { etype, size } = reader.readSetBegin();
      const elements = many(size, etype);
      reader.readSetEnd();
      return elements;
    }
    default: {
      const { etype, size } = reader.readListBegin();
      const elements = many(size, etype);
      reader.readListEnd();
      return elements;
    }
  }
}

const test = suite('oracle: the thrift package');
const RUNS = 150;

test('reads our binary and our JSON messages as the same fields', () => {
  const check = (response: object, seqid: number) => {
    // The package itself loses this key.
    fc.pre(!encodeTJson('Response', response).includes('__proto__'));
    const message = { kind: 'reply', method: 'getJobs', seqid, response } as const;
    const [binary, json] = (['binary', 'json'] as const).map((protocol) => {
      const reader = readerOf(protocol, encodeMessage(message, protocol));
      const { fname, mtype, rseqid } = reader.readMessageBegin();
      return [fname, mtype, rseqid, found(reader, STRUCT)];
    });
    assert.equal(json, binary);
    assert.equal(binary?.slice(0, 3), ['getJobs', 2, seqid]);
  };
  fc.assert(fc.property(valuesOfType('Response'), fc.integer({ min: 0 }), check), { numRuns: RUNS });
  count('oracle: messages read by the thrift package', RUNS * 2);
}, 30_000);

test.run();
