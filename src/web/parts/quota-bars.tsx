import type { QuotaRow } from '../../api/views/quota.ts';
import { amountsText, megabytesText, numberText } from '../text/amounts.ts';
import { Bar } from './bar.tsx';

/** Bars of a role's quota: what it may use of each resource, and what it uses. */
export function QuotaBars({ row }: { readonly row: QuotaRow }) {
  const { others, production, quota, used } = row;
  const kinds = [
    ['cpu', used.cpus, quota?.cpus ?? 0, numberText],
    ['ram', used.ramMb, quota?.ramMb ?? 0, megabytesText],
    ['disk', used.diskMb, quota?.diskMb ?? 0, megabytesText],
    ...((quota?.gpus ?? 0) + (used.gpus ?? 0) > 0
      ? [['gpu', used.gpus ?? 0, quota?.gpus ?? 0, numberText] as const]
      : []),
  ] as const;
  const more = (
    [
      ['production on dedicated agents', production.dedicated],
      ['not production', others.shared],
      ['not production, on dedicated agents', others.dedicated],
    ] as const
  ).filter(([, amounts]) => amounts.cpus + amounts.ramMb + amounts.diskMb > 0);
  const isUsed = used.cpus + used.ramMb + used.diskMb > 0;
  return (
    <div class="quota">
      {quota || isUsed ? (
        <div class="bars">
          {kinds.map(([name, value, of, text]) => (
            <div key={name}>
              <span>
                {name} <b>{text(value)}</b> <span class="faint">of {text(of)}</span>
              </span>
              <Bar value={value} of={of} label={`${name}: ${text(value)} of ${text(of)}`} />
            </div>
          ))}
        </div>
      ) : (
        <p class="faint">No quota is set: production jobs of this role are refused.</p>
      )}
      {more.length > 0 && (
        <p class="faint">
          Beyond the quota: {more.map(([name, amounts]) => `${amountsText(amounts)} (${name})`).join('; ')}.
        </p>
      )}
    </div>
  );
}
