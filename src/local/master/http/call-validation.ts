import type { SchedulerCall, SchedulerCallType } from '../../../mesos/index.ts';
import { HttpRefusal } from './answers.ts';

/** The member that a call of each type must have; types that are missing here need none. */
const MEMBERS: Readonly<Partial<Record<SchedulerCallType, keyof SchedulerCall>>> = {
  SUBSCRIBE: 'subscribe',
  ACCEPT: 'accept',
  DECLINE: 'decline',
  ACCEPT_INVERSE_OFFERS: 'accept_inverse_offers',
  DECLINE_INVERSE_OFFERS: 'decline_inverse_offers',
  KILL: 'kill',
  SHUTDOWN: 'shutdown',
  ACKNOWLEDGE: 'acknowledge',
  ACKNOWLEDGE_OPERATION_STATUS: 'acknowledge_operation_status',
  RECONCILE: 'reconcile',
  RECONCILE_OPERATIONS: 'reconcile_operations',
  MESSAGE: 'message',
  REQUEST: 'request',
  UPDATE_FRAMEWORK: 'update_framework',
};

/** 16 zero bytes, which are no uuid. */
const NIL = Buffer.alloc(16).toString('base64');

/** @param base64 as decoding leaves bytes: 16 bytes have 24 characters, two of them padding. */
const isUuid = (base64: string): boolean =>
  base64.length === NIL.length && base64.endsWith('==') && base64 !== NIL;

function callFault(call: SchedulerCall, principal: string | undefined): string | undefined {
  const type = call.type === 'UNKNOWN' ? undefined : call.type;
  if (type === undefined) return "Expecting 'type' to be present";
  const member = MEMBERS[type];
  if (type !== 'SUBSCRIBE' && !call.framework_id) return "Expecting 'framework_id' to be present";
  if (member && call[member] === undefined) return `Expecting '${member}' to be present`;
  const id = call.framework_id?.value;
  if (call.subscribe) {
    const info = call.subscribe.framework_info;
    if (info.id?.value !== id) return "'framework_id' differs from 'subscribe.framework_info.id'";
    if (principal !== undefined && info.principal !== undefined && info.principal !== principal)
      return `Authenticated principal '${principal}' does not match principal '${info.principal}' set in \`FrameworkInfo\``;
  }
  if (call.update_framework && call.update_framework.framework_info.id?.value !== id)
    return "'framework_id' differs from 'update_framework.framework_info.id'";
  const uuid = call.acknowledge?.uuid ?? call.acknowledge_operation_status?.uuid;
  return uuid === undefined || isUuid(uuid) ? undefined : 'Not a valid UUID';
}

/**
 * Checks what the schema cannot express. Unlike Mesos, a call of type UNKNOWN is refused and not fatal.
 * @throws HttpRefusal 400 with Mesos' text. Source: golden/mesos sched-20b, 21, 22, 25, 27.
 */
export function validateCall(call: SchedulerCall, principal: string | undefined): SchedulerCallType {
  const fault = callFault(call, principal);
  if (fault) throw new HttpRefusal(400, `Failed to validate scheduler::Call: ${fault}`);
  return call.type as SchedulerCallType;
}
