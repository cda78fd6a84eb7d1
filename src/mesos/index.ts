export { parseJson } from './json-reader.ts';
export { toJson } from './json-writer.ts';
export type { EnumName, EnumValue, Message, MessageName } from './messages/table.ts';
export type * from './messages/types.ts';
export { parseProtobuf, toProtobuf } from './protobuf/codec.ts';
export { encodeRecord, type RecordReader, type RecordReaderOptions, recordReader } from './recordio.ts';
