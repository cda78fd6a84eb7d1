import { parseProtobuf } from '../../../src/mesos/index.ts';
import { recordReader } from '../../harness/record-reader.ts';
import { bytesOf, type Step } from '../../mesos/transcript.ts';
import { answerParser } from './wire.ts';

/** Recordings of raw bytes as the steps that other recordings have. */
export function unpackBytes(steps: readonly Step[]): Step[] {
  const parsers = new Map<string, (bytes: Buffer) => void>();
  const out: Step[] = [];
  let now: Step;
  const parserOf = (conn: string) => {
    const isBinary = steps.some(
      (step) =>
        step.conn === conn &&
        step.base64?.startsWith('UE9TVC') &&
        Buffer.from(step.base64, 'base64').includes('x-protobuf'),
    );
    const records = recordReader();
    const emit = (step: Partial<Step>) => out.push({ t: now.t, dir: 'recv', conn, what: 'record', ...step });
    const made = answerParser(['POST'], (arrival) => {
      if (arrival.kind === 'head') emit({ what: 'head', start: arrival.start, headers: arrival.headers });
      else if (arrival.kind === 'lastChunk') emit({ what: 'body', lastChunk: true });
      else if (arrival.kind === 'chunk')
        for (const record of records.feed(arrival.bytes))
          emit({ json: isBinary ? parseProtobuf('SchedulerEvent', record) : JSON.parse(record.toString()) });
    });
    parsers.set(conn, made);
    return made;
  };
  for (const step of steps) {
    now = step;
    const bytes = step.what === 'bytes' ? bytesOf(step) : undefined;
    if (!bytes) out.push(step);
    else if (step.dir === 'recv') (parsers.get(step.conn) ?? parserOf(step.conn))(bytes);
    else {
      const end = bytes.indexOf('\r\n\r\n');
      const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const headers = lines.map((line) => line.split(': ') as [string, string]);
      const isBinary = lines.includes('Content-Type: application/x-protobuf');
      const body = bytes.subarray(end + 4);
      const json = isBinary ? parseProtobuf('SchedulerCall', body) : JSON.parse(body.toString());
      const { t, dir, conn } = step;
      out.push({ t, dir, conn, what: 'head', start, headers });
      out.push({
        t,
        dir,
        conn,
        what: 'body',
        json,
        ...(isBinary ? { base64: body.toString('base64') } : {}),
      });
    }
  }
  return out;
}
