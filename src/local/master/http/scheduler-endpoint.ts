import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Offer,
  type SchedulerCall,
  type SchedulerCallType,
  toJsonPieces,
} from '../../../mesos/index.ts';
import { disconnect, newStreamId, subscribe } from '../frameworks.ts';
import { countUp, type MasterFramework, type MasterState, type SchedulerStream } from '../state.ts';
import { answerEmpty, HttpRefusal, readBody, requireMethod } from './answers.ts';
import { principalOf } from './authentication.ts';
import { validateCall } from './call-validation.ts';
import { acceptOf, contentTypeOf, decodeCall, encodeAs } from './media.ts';
import { SCHEDULER_CALLS } from './scheduler-calls.ts';
import { openStream } from './stream.ts';

const STREAM_ID_HEADER = 'Mesos-Stream-Id';

/** Mesos' names of the call counters. */
const CALL_METRICS: Readonly<Partial<Record<SchedulerCallType, string>>> = {
  SUBSCRIBE: 'master/messages_register_framework',
  TEARDOWN: 'master/messages_unregister_framework',
  ACCEPT: 'master/messages_launch_tasks',
  DECLINE: 'master/messages_decline_offers',
  REVIVE: 'master/messages_revive_offers',
  SUPPRESS: 'master/messages_suppress_offers',
  KILL: 'master/messages_kill_task',
  ACKNOWLEDGE: 'master/messages_status_update_acknowledgement',
  ACKNOWLEDGE_OPERATION_STATUS: 'master/messages_operation_status_update_acknowledgement',
  RECONCILE: 'master/messages_reconcile_tasks',
  RECONCILE_OPERATIONS: 'master/messages_reconcile_operations',
  MESSAGE: 'master/messages_framework_to_executor',
  REQUEST: 'master/messages_resource_request',
};

/** So many full agents have a megabyte of offers. */
const MANY_OFFERS = 100;

/** The JSON of an OFFERS event, in pieces. */
function* offersText(offers: readonly Offer[]): Generator<string | Buffer> {
  let before = '{"type":"OFFERS","offers":{"offers":[';
  for (const offer of offers) {
    yield before;
    yield* toJsonPieces('Offer', offer);
    before = ',';
  }
  yield ']}}';
}

function openSubscription(
  master: MasterState,
  req: IncomingMessage,
  res: ServerResponse,
  call: NonNullable<SchedulerCall['subscribe']>,
  principal: string | undefined,
): void {
  const media = acceptOf(req);
  if (req.headers['mesos-stream-id'] !== undefined)
    throw new HttpRefusal(400, `Subscribe calls should not include the '${STREAM_ID_HEADER}' header`);
  let framework: MasterFramework | undefined;
  const id = newStreamId(master);
  const records = openStream(res, [STREAM_ID_HEADER, id, 'Content-Type', media], () => {
    if (framework) disconnect(master, framework, stream);
  });
  const stream: SchedulerStream = {
    id,
    send(event) {
      const offers = event.offers?.offers ?? [];
      if (media === 'application/json' && offers.length >= MANY_OFFERS) records.writeLong(offersText(offers));
      else records.write(encodeAs('SchedulerEvent', media, event));
    },
    end: records.end,
  };
  framework = subscribe(master, call, principal, stream);
}

/** The framework that makes the call, after everything about the caller was checked. */
function callerOf(
  master: MasterState,
  req: IncomingMessage,
  call: SchedulerCall,
  principal: string | undefined,
): MasterFramework {
  const framework = master.frameworks.get(call.framework_id?.value ?? '');
  if (!framework) throw new HttpRefusal(400, 'Framework cannot be found');
  if (principal !== undefined && framework.principal !== principal)
    throw new HttpRefusal(
      400,
      `Authenticated principal '${principal}' does not match principal '${framework.principal ?? ''}' set in \`FrameworkInfo\``,
    );
  if (!framework.stream) throw new HttpRefusal(403, 'Framework is not subscribed');
  const streamId = req.headers['mesos-stream-id'];
  if (streamId === undefined)
    throw new HttpRefusal(400, `All non-subscribe calls should include the '${STREAM_ID_HEADER}' header`);
  if (streamId !== framework.stream.id)
    throw new HttpRefusal(
      400,
      `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${framework.id}`,
    );
  return framework;
}

/** POST /api/v1/scheduler. @throws HttpRefusal for the same faults as Mesos; source: golden/mesos facts 11 to 32. */
export async function schedulerEndpoint(
  master: MasterState,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const principal = principalOf(req, master.flags);
  requireMethod(req, ['POST']);
  const body = await readBody(req);
  const call = decodeCall('SchedulerCall', contentTypeOf(req), body);
  const type = validateCall(call, principal);
  const metric = CALL_METRICS[type];
  if (metric) countUp(master, metric);
  if (call.type === 'SUBSCRIBE' && call.subscribe)
    return openSubscription(master, req, res, call.subscribe, principal);
  const framework = callerOf(master, req, call, principal);
  SCHEDULER_CALLS[type]?.(master, framework, call);
  answerEmpty(res, type === 'UPDATE_FRAMEWORK' ? 200 : 202);
}
