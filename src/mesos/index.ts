export type { EnumName, EnumValue, Message, MessageName } from './messages/table.ts';
export type * from './messages/types.ts';
export { encodeRecord, type RecordReader, type RecordReaderOptions, recordReader } from './recordio.ts';
