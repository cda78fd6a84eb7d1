import type { QuotaRow } from '../../api/views/quota.ts';
import { amountsText } from '../text/amounts.ts';
import { shellWord, type Write } from './write.ts';

const amount = (text: string | undefined): number | undefined => {
  const trimmed = text?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
};

/** Sets what the production jobs of a role may use in total. */
export const quotaWrite = (cluster: string, { quota, role, used }: QuotaRow): Write => ({
  call: 'setQuota',
  verb: 'Set quota',
  title: `Quota of ${role}`,
  fields: [
    { name: 'cpus', label: 'Cores', value: String(quota?.cpus ?? 0) },
    { name: 'ramMb', label: 'Memory in MB', value: String(quota?.ramMb ?? 0) },
    { name: 'diskMb', label: 'Disk in MB', value: String(quota?.diskMb ?? 0) },
  ],
  ask(answers) {
    const [cpus, ramMb, diskMb] = [answers.cpus, answers.ramMb, answers.diskMb].map(amount);
    if (cpus === undefined || ramMb === undefined || diskMb === undefined)
      return { problem: 'Give three numbers, 0 or more.' };
    if (!Number.isInteger(ramMb) || !Number.isInteger(diskMb))
      return { problem: 'Megabytes are whole numbers.' };
    const isBelow = cpus < used.cpus || ramMb < used.ramMb || diskMb < used.diskMb;
    const wanted = { cpus, ramMb, diskMb };
    return {
      effect: isBelow
        ? `${amountsText(wanted)}: less than the ${amountsText(used)} in use. What runs goes on; nothing is added or restarted with more until less is used.`
        : `${amountsText(wanted)}; ${amountsText(used)} of it are in use.`,
      command: `aurora admin set_quota ${cluster} ${shellWord(role)} ${cpus} ${ramMb}MB ${diskMb}MB`,
      args: {
        ownerRole: role,
        quota: { resources: [{ numCpus: cpus }, { ramMb }, { diskMb }] },
      },
      ...(isBelow ? { type: role } : {}),
    };
  },
});
