import type { Wire } from '../api/index.ts';
import { ADMIN_FAILED, answerCode, tellAnswer } from './admin-answer.ts';
import { parseCores, parseMegabytes } from './quota-amounts.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** An amount of each resource that has a quota, as typed. */
export interface QuotaWords {
  readonly cpu: string;
  readonly ram: string;
  readonly disk: string;
}

interface Amounts {
  readonly cpu: number;
  readonly ramMb: number;
  readonly diskMb: number;
}

const amountsOf = ({ cpu, ram, disk }: QuotaWords): Amounts => ({
  cpu: parseCores(cpu),
  ramMb: parseMegabytes(ram),
  diskMb: parseMegabytes(disk),
});

/** Sets the quota of a role and returns the exit code. */
export const setQuota = (
  session: Session,
  cluster: string,
  role: string,
  words: QuotaWords,
): Promise<number> => put(session, schedulerOf(session, cluster), role, amountsOf(words));

/** Adds amounts to the quota of a role; negative ones reduce it. Returns the exit code. */
export async function increaseQuota(
  session: Session,
  cluster: string,
  role: string,
  words: QuotaWords,
): Promise<number> {
  const { log } = session;
  const more = amountsOf(words);
  const scheduler = schedulerOf(session, cluster);
  log.info({}, `Getting quota for: ${role}`);
  const response = await scheduler.query('getQuota', { ownerRole: role });
  if (response.responseCode !== 'OK') {
    tellAnswer(session, response);
    return ADMIN_FAILED;
  }
  const now = current(response.result?.getQuotaResult?.quota?.resources ?? []);
  const wanted = {
    cpu: now.cpu + more.cpu,
    ramMb: now.ramMb + more.ramMb,
    diskMb: now.diskMb + more.diskMb,
  };
  log.info({}, `Current quota for ${role}:${listed(now, ' core(s)')}`);
  log.info({}, `Attempting to update quota for ${role} to${listed(wanted, '')}`);
  return put(session, scheduler, role, wanted);
}

function current(resources: readonly Wire<'Resource'>[]): Amounts {
  const of = (name: 'numCpus' | 'ramMb' | 'diskMb') =>
    Number(resources.map((resource) => resource[name]).find((value) => value !== undefined) ?? 0);
  return { cpu: of('numCpus'), ramMb: of('ramMb'), diskMb: of('diskMb') };
}

const floatText = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

const listed = ({ cpu, ramMb, diskMb }: Amounts, unit: string): string =>
  `\n\tCPU\t${floatText(cpu)}${unit}\n\tRAM\t${ramMb} MB\n\tDisk\t${diskMb} MB`;

async function put(
  session: Session,
  scheduler: SchedulerClient,
  role: string,
  { cpu, ramMb, diskMb }: Amounts,
): Promise<number> {
  session.log.info({}, `Setting quota for user:${role} cpu:${cpu.toFixed(6)} ram:${ramMb} disk: ${diskMb}`);
  const quota = { resources: [{ numCpus: cpu }, { ramMb }, { diskMb }] };
  return answerCode(session, await scheduler.once('setQuota', { ownerRole: role, quota }));
}
