import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { SchedulerCall, SchedulerEvent } from '../../src/mesos/index.ts';
import { recordReader } from '../harness/record-reader.ts';

/** Polls: nothing tells when. */
export async function until<T>(look: () => T | undefined, what: string, limitMs = 15_000): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`did not come: ${what}`);
    await pause(20);
  }
}

/** A framework without opinions: it subscribes, as a new one or as one that was here before, and calls what it is told. */
export async function subscribe(master: string, id?: string) {
  const events: SchedulerEvent[] = [];
  const url = `http://${master}/api/v1/scheduler`;
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const member = id === undefined ? {} : { id: { value: id } };
  const framework_info = { user: '', name: 'test', checkpoint: true, failover_timeout: 600, ...member };
  const stream = request(url, { method: 'POST', headers, agent: false });
  stream.on('error', () => {});
  stream.end(
    JSON.stringify({
      type: 'SUBSCRIBE',
      ...(id === undefined ? {} : { framework_id: { value: id } }),
      subscribe: { framework_info },
    }),
  );
  const [answer] = await once(stream, 'response');
  const records = recordReader();
  answer.on('data', (bytes: Buffer) => {
    for (const record of records.feed(bytes)) events.push(JSON.parse(record.toString()) as SchedulerEvent);
  });
  answer.on('error', () => {});
  const first = await until(() => events.find(({ type }) => type === 'SUBSCRIBED'), 'SUBSCRIBED');
  const frameworkId = first.subscribed?.framework_id.value ?? '';
  return {
    events,
    frameworkId,
    async call(body: SchedulerCall) {
      const sent = request(url, {
        method: 'POST',
        headers: { ...headers, 'Mesos-Stream-Id': answer.headers['mesos-stream-id'] },
        agent: false,
      });
      sent.end(JSON.stringify({ framework_id: { value: frameworkId }, ...body }));
      const [reply] = await once(sent, 'response');
      reply.resume();
    },
    close: () => stream.destroy(),
  };
}
